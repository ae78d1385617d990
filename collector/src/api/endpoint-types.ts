/** One endpoint looked at closely, as `/api/v1/endpoints/...` carries it. */
import type { Query, Request, RequestNumbers } from './types.ts';

/**
 * p95 of an endpoint over the time that its list was asked for, from the first request of any of the list on; at most about
 * 30 points.
 */
export interface EndpointTrend {
  /** Start of the first interval. */
  readonly startedAt: string;
  readonly stepMinutes: number;
  /** `null` for an interval without requests. */
  readonly p95Ms: (number | null)[];
}

/** The range before the one asked for, as long and ending where it begins. */
export interface EndpointBaseline {
  readonly requests: number;
  readonly errorRate: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What is wrong with an endpoint, in a sentence. */
export interface EndpointVerdict {
  /** The worst that holds: it regressed; a finding stands; requests fail; or nothing of these. */
  readonly state: 'regressed' | 'finding' | 'failing' | 'quiet';
  /** Everything below in one sentence. */
  readonly sentence: string;
  /** What is wrong: `p95 is 3.1 times what it was before 1.5.0 (310 ms, 100 ms before)`. */
  readonly headline: string;
  /** Why, as far as known: `41 queries of SELECT ... per request`; `''` when unknown. */
  readonly cause: string;
  /** Normalised text of the query that the cause names; `''` when it names none. */
  readonly query: string;
  /** `file:line`, and ` (function)` where it is known; `''` when unknown. */
  readonly callSite: string;
  /** Keys of what it rests on; `''` where there is none. */
  readonly regressionKey: string;
  readonly findingKey: string;
}

/** A version of the endpoint's service that answered in the window. */
export interface EndpointVersion extends RequestNumbers {
  readonly version: string;
  /** Of the service, to the minute, as far back as minutes are kept. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Whether another version answered before it. */
  readonly deploy: boolean;
}

/** How many requests took how long when: to a hundredth of an interval's requests, from the rollups. */
export interface EndpointHeatmap {
  readonly stepMinutes: number;
  /** Bounds of the rows, ascending; one more than there are rows. */
  readonly boundsMs: number[];
  /** Intervals with requests, oldest first. */
  readonly columns: HeatmapColumn[];
}

export interface HeatmapColumn {
  readonly time: string;
  readonly requests: number;
  /** Requests of each row, the fastest first. */
  readonly counts: number[];
}

/** Where the time of an average request goes. Calls that run side by side are added up. */
export interface EndpointBreakdown {
  readonly requests: number;
  readonly avgMs: number;
  readonly databaseMs: number;
  /** Of outgoing HTTP calls, in a sample of the requests. */
  readonly httpMs: number;
  readonly ownMs: number;
  readonly sampledRequests: number;
}

export interface EndpointQuery extends Query {
  /** `file:line`, and ` (function)` where it is known; `''` when unknown. */
  readonly callSite: string;
}

/** What the slowest tenth of a sample of requests has in common that the others have not. */
export interface SlowAttributes {
  readonly slowFromMs: number;
  readonly slowRequests: number;
  readonly otherRequests: number;
  /** Largest difference first; only differences that chance does not explain. */
  readonly items: AttributeShare[];
}

export interface AttributeShare {
  readonly attribute: string;
  readonly value: string;
  readonly slowCount: number;
  readonly otherCount: number;
  readonly slowShare: number;
  readonly otherShare: number;
}

/** Requests to look at: the slowest, some that took about the median, and the newest that failed. */
export interface EndpointSamples {
  readonly slowest: Request[];
  readonly ordinary: Request[];
  readonly failed: Request[];
}
