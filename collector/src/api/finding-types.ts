/** Findings as `/api/v1` carries them. */
export type FindingType =
  | 'n_plus_one'
  | 'duplicate_query'
  | 'cache_loop'
  | 'slow_query'
  | 'many_queries'
  | 'n_plus_one_http';
export type FindingState = 'open' | 'acknowledged' | 'ignored' | 'resolved';
export type FindingSeverity = 'info' | 'warning' | 'critical';

export interface Finding {
  /** 16 hex digits. */
  readonly key: string;
  readonly type: FindingType;
  readonly service: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  readonly severity: FindingSeverity;
  readonly state: FindingState;
  /** It was resolved and has been seen since; then `state` is `open`. */
  readonly reopened: boolean;
  /** Why it is resolved: a person said so, it was not seen for a week, or a version no longer shows it; `''` when it is not. */
  readonly resolvedBy: '' | 'person' | 'absence' | 'version';
  /** That version; `''` when not resolved by one. */
  readonly fixedVersion: string;
  /** One sentence. */
  readonly summary: string;
  /** Requests that showed it. */
  readonly occurrences: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly firstVersion: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** Normalised text. */
  readonly query: string;
  /** Names of the spans from below the entry span to the query's parent, joined by ` > `. */
  readonly loopPath: string;
  readonly repeatsP50: number;
  readonly repeatsMax: number;
  readonly msPerRequest: number;
  /** What a fix would save of a request, at most. */
  readonly savedMsPerRequest: number;
  /** What it would have saved in all requests that showed it; lists are in this order. */
  readonly savedMs: number;
  /** `file:line`, and ` (function)` where it is known; `''` when unknown. */
  readonly callSite: string;
  /** Distinct bind values among the repeats; `null` when unknown. */
  readonly distinctValues: number | null;
  readonly exampleTraceIds: string[];
}

/** A finding, and when and in which versions requests showed it, over all the time that evidence is kept. */
export interface FindingDetail extends Finding {
  /** Days on which it was seen, the first first. */
  readonly days: readonly FindingDay[];
  /** Versions of its endpoint, in the order in which they began to serve or to show it. */
  readonly versions: readonly FindingVersion[];
}

export interface FindingDay {
  /** Its beginning, in UTC. */
  readonly time: string;
  readonly occurrences: number;
  readonly savedMs: number;
}

export interface FindingVersion {
  readonly version: string;
  /** Of the last 14 days. */
  readonly requests: number;
  readonly occurrences: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
}
