/**
 * The rows of `/api/v1`, as JSON carries them: times are ISO 8601 in UTC, durations milliseconds, rates fractions.
 * An absent value is `null`, an empty text `''`. The dashboard and the CLI read these types; `AppType` is for Hono's `hc`.
 */
import type { Hono } from 'hono';
import type {
  DetailParameters,
  ExceptionDetail,
  ExceptionParameters,
  QueryDetail,
  QueryParameters,
  Setup,
} from './detail-types.ts';
import type {
  EndpointBaseline,
  EndpointBreakdown,
  EndpointHeatmap,
  EndpointQuery,
  EndpointSamples,
  EndpointTrend,
  EndpointVerdict,
  EndpointVersion,
  SlowAttributes,
} from './endpoint-types.ts';
import type { Finding, FindingDetail, FindingState } from './finding-types.ts';
import type { EndpointExplanation, ExplainParameters, Regression } from './regression-types.ts';
import type { Trace } from './trace-types.ts';

export type * from './detail-types.ts';
export type * from './endpoint-types.ts';
export type * from './finding-types.ts';
export type { EndpointExplanation, ExplainParameters, Regression, RuleVerdict } from './regression-types.ts';
export type * from './trace-types.ts';

/** A list, newest or heaviest first; `nextCursor` asks for the rows that follow, `null` when there are none. */
export interface List<Row> {
  readonly items: Row[];
  readonly nextCursor: string | null;
}

/** What every answer other than 2xx carries: what is wrong, and for parameters which ones. */
export interface ApiError {
  readonly error: string;
  readonly parameters?: { readonly name: string; readonly message: string }[];
}

/** Rate, errors and duration of some requests, and what their queries add. */
export interface RequestNumbers {
  readonly requests: number;
  readonly errors: number;
  readonly errorRate: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly slowRequests: number;
  readonly nPlusOneRequests: number;
  readonly queriesPerRequest: number;
  readonly queryMsPerRequest: number;
}

export interface Endpoint extends RequestNumbers {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  /** Only when asked for; `null` without requests. */
  readonly trend?: EndpointTrend | null | undefined;
  readonly baseline?: EndpointBaseline | null | undefined;
}

/** One point: of a time, of a version, or of both, as `by` asked; what was not asked for is `null`. */
export interface EndpointSeriesPoint extends RequestNumbers {
  /** Start of the interval. */
  readonly time: string | null;
  readonly version: string | null;
}

export interface EndpointSeries extends List<EndpointSeriesPoint> {
  /** Length of an interval, in minutes. */
  readonly stepMinutes: number;
}

/** An endpoint's numbers in one window. */
export interface Summary extends Endpoint {
  readonly windowStart: string;
  readonly windowMinutes: number;
  /** Whether the window has ended; the numbers of one that has not still grow. */
  readonly complete: boolean;
}

export interface Request {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  /** 0 when the protocol has none. */
  readonly statusCode: number;
  readonly durationMs: number;
  readonly startedAt: string;
  readonly queryCount: number;
  readonly queryMs: number;
  readonly slow: boolean;
  readonly error: boolean;
  readonly nPlusOne: boolean;
  readonly exceptionType: string | null;
  readonly exceptionMessage: string | null;
}

export interface Query {
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** What a person calls it: the command and its first table. */
  readonly summary: string;
  /** Normalised. */
  readonly text: string;
  readonly system: string;
  readonly service: string;
  readonly calls: number;
  readonly callsPerRequest: number;
  readonly totalMs: number;
  readonly avgMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** `METHOD route`, heaviest first, at most 20. */
  readonly endpoints: string[];
}

export interface ExceptionGroup {
  /** 16 hex digits. */
  readonly key: string;
  readonly type: string;
  readonly message: string;
  readonly service: string;
  /** `METHOD route` of the newest; `''` outside a request. */
  readonly endpoint: string;
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** `''` when none came with a trace. */
  readonly exampleTraceId: string;
  readonly stack: string;
}

export interface Service {
  readonly service: string;
  readonly requests: number;
  readonly errors: number;
  readonly errorRate: number;
  readonly avgMs: number;
  readonly p95Ms: number;
  /** Whether our span processor wrote its numbers. */
  readonly instrumented: boolean;
  readonly environments: string[];
  readonly lastSeen: string;
  /** Newest first. */
  readonly versions: ServiceVersion[];
}

export interface ServiceVersion {
  readonly version: string;
  readonly requests: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** What `POST /compute` did: the last whole window was closed and compared with the one before. */
export interface ComputeResult {
  readonly windowStart: string;
  readonly windowMinutes: number;
  readonly endpoints: number;
  /** Those that fire after the window, and those that it resolved. */
  readonly regressions: Regression[];
  readonly resolved: Regression[];
}

/** What a stage counts, by name; shown as it is. */
export type StageFigures = { readonly [name: string]: number | string | boolean | null | StageFigures };

export interface Status {
  readonly version: string;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly storage: {
    readonly kind: 'embedded' | 'server';
    readonly database: string;
    /** Whether the engine answers. */
    readonly ready: boolean;
    readonly diskBytes: number;
    readonly spans: number;
    readonly requests: number;
    readonly oldestSpan: string | null;
    readonly newestSpan: string | null;
    readonly retentionDays: number;
  };
  /** Each stage's own figures since start. */
  readonly ingest: StageFigures;
  readonly derivation: StageFigures;
  readonly scheduler: StageFigures & { readonly running: boolean };
  readonly notifier: StageFigures;
  /** `--clickhouse-port`: its `url`, and how the queries by it ended; `null` when it is closed. */
  readonly clickhousePort: (StageFigures & { readonly url: string }) | null;
  /** Memory, and how long the event loop was held. */
  readonly process: StageFigures;
  /** The thresholds that the dashboard colours and labels by. */
  readonly settings: {
    readonly slowRequestThresholdMs: number;
    readonly slowQueryThresholdMs: number;
    readonly nPlusOneThreshold: number;
    readonly aggregationWindowMinutes: number;
    readonly ignoredPaths: readonly string[];
    readonly regressionRules: readonly string[];
  };
}

/** What `profiler doctor` judges. */
export interface ServiceDiagnosis {
  readonly service: string;
  readonly requests: number;
  readonly requestsWithoutRoute: number;
  readonly databaseSpans: number;
  readonly databaseSpansWithStatement: number;
  readonly instrumented: boolean;
  /** Whether its spans name a `service.version`. */
  readonly versioned: boolean;
  /** How far a span's end lay ahead of its arrival, at most; above a little, the app's clock is wrong. */
  readonly clockAheadMs: number;
}

/** Parameters that every list takes. `since` and `until`: `30m`, `24h`, `7d` ago, or ISO 8601. */
export type ListParameters = {
  service?: string;
  environment?: string;
  version?: string;
  /** `METHOD route`, or a route. */
  endpoint?: string;
  since?: string;
  until?: string;
  limit?: string;
  cursor?: string;
};

export type EndpointSort = 'impact' | 'p95' | 'avg' | 'requests' | 'errors' | 'n_plus_one' | 'queries';
export type EndpointParameters = ListParameters & { sort?: EndpointSort; q?: string } & {
  trend?: 'true' | 'false';
  baseline?: 'true' | 'false';
};
/** `endpoint` is asked for. */
export type EndpointDetailParameters = ListParameters & { endpoint: string };
export type SeriesParameters = ListParameters & {
  by?: 'time' | 'version' | 'time_version';
  /** Minutes; by itself about 60 points. */
  step?: string;
};
export type RequestParameters = ListParameters & {
  method?: string;
  /** A code, `404`, or a class, `5xx`; several with commas. */
  status?: string;
  slow?: 'true' | 'false';
  error?: 'true' | 'false';
  exception?: 'true' | 'false';
  nPlusOne?: 'true' | 'false';
  /** Part of path, route, exception type or message, or a trace id. */
  q?: string;
  minMs?: string;
  maxMs?: string;
  sort?: 'newest' | 'slowest';
};
export type FindingParameters = ListParameters & { state?: string; type?: string; severity?: string };
export type RegressionParameters = ListParameters & { state?: 'firing' | 'resolved' };

type Get<Query, Output> = {
  $get:
    | { input: { query?: Query }; output: Output; outputFormat: 'json'; status: 200 }
    | { input: { query?: Query }; output: ApiError; outputFormat: 'json'; status: 400 | 404 | 503 };
};

type GetOne<Param, Query, Output> = {
  $get:
    | { input: { param: Param; query?: Query }; output: Output; outputFormat: 'json'; status: 200 }
    | { input: { param: Param; query?: Query }; output: ApiError; outputFormat: 'json'; status: 400 | 404 | 503 };
};

export type ApiSchema = {
  '/api/v1/endpoints': Get<EndpointParameters, List<Endpoint>>;
  '/api/v1/endpoints/series': Get<SeriesParameters, EndpointSeries>;
  '/api/v1/endpoints/verdict': Get<EndpointDetailParameters, EndpointVerdict>;
  '/api/v1/endpoints/versions': Get<EndpointDetailParameters, List<EndpointVersion>>;
  '/api/v1/endpoints/heatmap': Get<EndpointDetailParameters, EndpointHeatmap>;
  '/api/v1/endpoints/breakdown': Get<EndpointDetailParameters, EndpointBreakdown>;
  '/api/v1/endpoints/queries': Get<EndpointDetailParameters, List<EndpointQuery>>;
  '/api/v1/endpoints/slow-attributes': Get<EndpointDetailParameters, SlowAttributes>;
  '/api/v1/endpoints/samples': Get<EndpointDetailParameters, EndpointSamples>;
  '/api/v1/requests': Get<RequestParameters, List<Request>>;
  '/api/v1/queries': Get<QueryParameters, List<Query>>;
  '/api/v1/queries/:fingerprint': GetOne<{ fingerprint: string }, DetailParameters, QueryDetail>;
  '/api/v1/exceptions': Get<ExceptionParameters, List<ExceptionGroup>>;
  '/api/v1/exceptions/:key': GetOne<{ key: string }, DetailParameters, ExceptionDetail>;
  '/api/v1/summaries': Get<ListParameters, List<Summary>>;
  '/api/v1/findings': Get<FindingParameters, List<Finding>>;
  '/api/v1/findings/:key': GetOne<{ key: string }, Record<never, never>, FindingDetail>;
  '/api/v1/findings/:key/state': {
    $post:
      | {
          input: { param: { key: string }; json: { state: FindingState } };
          output: { key: string; state: FindingState };
          outputFormat: 'json';
          status: 200;
        }
      | {
          input: { param: { key: string }; json: { state: FindingState } };
          output: ApiError;
          outputFormat: 'json';
          status: 400 | 404 | 503;
        };
  };
  '/api/v1/regressions': Get<RegressionParameters, List<Regression>>;
  '/api/v1/regressions/explain': Get<ExplainParameters, List<EndpointExplanation>>;
  '/api/v1/services': Get<ListParameters, List<Service>>;
  '/api/v1/diagnosis': Get<ListParameters, List<ServiceDiagnosis>>;
  '/api/v1/setup': Get<DetailParameters, Setup>;
  '/api/v1/traces/:id': GetOne<{ id: string }, Record<never, never>, Trace>;
  '/api/v1/status': Get<Record<never, never>, Status>;
  '/api/v1/compute': {
    $post:
      | { input: Record<never, never>; output: ComputeResult; outputFormat: 'json'; status: 200 }
      | { input: Record<never, never>; output: ApiError; outputFormat: 'json'; status: 503 };
  };
};

/** `hc<AppType>(location.origin).api.v1.endpoints.$get({ query: { since: '24h' } })`. */
export type AppType = Hono<Record<never, never>, ApiSchema, '/'>;
