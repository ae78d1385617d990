/**
 * Findings: the minutes' evidence of one key, added up when asked for. The key is service, endpoint, fingerprint and loop
 * path, so a query that is both repeated and slow is one finding, and it is the N+1.
 */
import { findingSeverity, type Severity } from '@profiler/analysis';
import type { QueryParams, Store } from '../store/store.ts';
import { endpointName } from './endpoint-name.ts';
import type { FindingState } from './finding-states.ts';
import { callSiteText, findingSummary } from './finding-summary.ts';
import { milliseconds } from './milliseconds.ts';

export type FindingType = 'n_plus_one' | 'slow_query';

export interface FindingFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  /** `METHOD route`, or a route. */
  readonly endpoint?: string | undefined;
  /** Evidence from the minute of this time on, in milliseconds since the epoch. @default everything kept */
  readonly sinceMs?: number | undefined;
  /** Evidence before this time. @default now */
  readonly untilMs?: number | undefined;
  readonly states?: readonly FindingState[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly severities?: readonly string[] | undefined;
  /** 16 hex digits. */
  readonly key?: string | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** Rows to leave out at the start. @default 0 */
  readonly offset?: number | undefined;
}

export interface Finding {
  /** 16 hex digits; so is `fingerprint`. */
  readonly key: string;
  readonly type: FindingType;
  readonly service: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  readonly severity: Severity;
  /** `open` also when it was resolved and has been seen since; then `reopened` is true. */
  readonly state: FindingState;
  readonly reopened: boolean;
  /** One sentence. */
  readonly summary: string;
  /** Requests that showed it, within the time asked for. */
  readonly occurrences: number;
  /** Of all evidence that is kept, ISO 8601 in UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly firstVersion: string;
  readonly fingerprint: string;
  /** Normalised text. */
  readonly query: string;
  /** Names of the spans from below the entry span to the query's parent, joined by ` > `; `''` when flat. */
  readonly loopPath: string;
  readonly repeatsP50: number;
  readonly repeatsMax: number;
  readonly msPerRequest: number;
  /** `file:line`, and ` (function)` where it is known; `''` when unknown. */
  readonly callSite: string;
  /** Distinct bind values among the repeats; `null` when unknown. */
  readonly distinctValues: number | null;
  /** Latest minute's. */
  readonly exampleTraceIds: string[];
}

interface Row {
  key: string;
  service: string;
  method: string;
  route: string;
  fingerprint_hex: string;
  loop_path: string;
  query: string;
  n_plus_one_total: number;
  slow_total: number;
  request_total: number;
  repeats_p50: number;
  repeats_most: number;
  query_ns: number;
  query_ns_most: number;
  request_ns: number;
  call_site: [file: string, line: number, functionName: string];
  distinct_most: number;
  traces: string[];
  last_seen_ms: number;
  state: FindingState;
  reopened: number;
}

/** Findings among which one of some severity is looked for: severity is judged here, not in the database. */
const JUDGED_MAX = 2000;

/** Heaviest first: by the time that doing the query once, or not slowly, would save in all. */
export async function findings(store: Store, filter: FindingFilter = {}, nowMs = Date.now()): Promise<Finding[]> {
  const { severities, limit = 100, offset = 0 } = filter;
  const page = severities === undefined ? { limit, offset } : { limit: JUDGED_MAX, offset: 0 };
  const { sql, params } = statement(store.database, filter, nowMs);
  const rows = await store.query<Row>(sql, { ...params, ...page });
  const judged = rows.map((row) => ({ row, severity: severityOf(row) }));
  const chosen =
    severities === undefined
      ? judged
      : judged.filter(({ severity }) => severities.includes(severity)).slice(offset, offset + limit);
  const origins = await readOrigins(
    store,
    chosen.map(({ row }) => row),
  );
  return chosen.map(({ row, severity }) => finding(row, severity, origins.get(row.key)));
}

function statement(database: string, filter: FindingFilter, nowMs: number) {
  const params: Record<string, QueryParams[string]> = {
    since: Math.floor(Math.max(0, filter.sinceMs ?? 0) / 60_000) * 60,
    until: Math.ceil((filter.untilMs ?? nowMs + 600_000) / 1000),
  };
  const evidence = ['minute >= toDateTime({since:UInt32})', 'n_plus_one_requests + slow_requests > 0'];
  const found = ['request_total > 0'];
  const where = (list: string[], name: string, value: QueryParams[string] | undefined, condition: string) => {
    if (value === undefined) return;
    list.push(condition);
    params[name] = value;
  };
  where(evidence, 'service', filter.service, 'service = {service:String}');
  where(evidence, 'environment', filter.environment, 'environment = {environment:String}');
  where(evidence, 'version', filter.version, 'version = {version:String}');
  where(
    evidence,
    'endpoint',
    filter.endpoint,
    "(route = {endpoint:String} OR concat(method, ' ', route) = {endpoint:String})",
  );
  where(evidence, 'key', filter.key, 'finding_key = reinterpretAsUInt64(reverse(unhex({key:String})))');
  where(
    found,
    'types',
    filter.types,
    "has({types:Array(String)}, if(n_plus_one_total > 0, 'n_plus_one', 'slow_query'))",
  );
  where(found, 'states', filter.states, 'has({states:Array(String)}, state)');

  // Evidence after `until` counts for `last_seen` only, which decides whether a finding was reopened.
  const within = 'minute < toDateTime({until:UInt32})';
  const sql = `
    SELECT
      leftPad(lower(hex(finding_key)), 16, '0') AS key, service, method, route, loop_path,
      leftPad(lower(hex(fingerprint)), 16, '0') AS fingerprint_hex,
      query, n_plus_one_total, slow_total, request_total, repeats_p50, repeats_most, query_ns, query_ns_most, request_ns,
      call_site, distinct_most, traces, toUnixTimestamp64Milli(seen) AS last_seen_ms,
      decided.state = 'resolved' AND seen > decided.updated_at AS reopened,
      multiIf(decided.state = '' OR reopened, 'open', decided.state) AS state
    FROM (
      SELECT
        finding_key, service, method, route, fingerprint, loop_path,
        max(query_text) AS query,
        sumIf(n_plus_one_requests, ${within}) AS n_plus_one_total,
        sumIf(slow_requests, ${within}) AS slow_total,
        sumIf(greatest(n_plus_one_requests, slow_requests), ${within}) AS request_total,
        if(n_plus_one_total > 0, quantilesBFloat16MergeIf(0.5)(repeats_quantiles, n_plus_one_requests > 0 AND ${within}),
          quantilesBFloat16MergeIf(0.5)(repeats_quantiles, ${within}))[1] AS repeats_p50,
        maxIf(repeats_max, ${within}) AS repeats_most,
        toFloat64(sumIf(duration_ns_sum, ${within})) AS query_ns,
        toFloat64(maxIf(duration_ns_max, ${within})) AS query_ns_most,
        toFloat64(sumIf(request_duration_ns_sum, ${within})) AS request_ns,
        argMaxIf((code_file_path, code_line_number, code_function_name), (last_seen, version), code_file_path != '' AND ${within}) AS call_site,
        maxIf(distinct_values, ${within}) AS distinct_most,
        argMaxIf(example_trace_ids, (last_seen, version), ${within}) AS traces,
        max(last_seen) AS seen
      FROM ${database}.finding_minutely FINAL
      WHERE ${evidence.join(' AND ')}
      GROUP BY finding_key, service, method, route, fingerprint, loop_path
    ) AS found
    LEFT JOIN (SELECT finding_key, state, updated_at FROM ${database}.finding_states FINAL) AS decided USING (finding_key)
    WHERE ${found.join(' AND ')}
    ORDER BY if(n_plus_one_total > 0, query_ns * (1 - 1 / greatest(repeats_p50, 1)), query_ns) DESC, key
    LIMIT {limit:UInt32} OFFSET {offset:UInt32}`;
  return { sql, params };
}

/** A slow query is judged by its share of the request alone: it need not repeat to matter. */
function severityOf(row: Row): Severity {
  const requests = Math.max(row.request_total, 1);
  return findingSeverity({
    repeats: row.n_plus_one_total > 0 ? row.repeats_p50 : Number.POSITIVE_INFINITY,
    queryNsPerRequest: row.query_ns / requests,
    requestNs: row.request_ns / requests,
  });
}

interface Origin {
  readonly firstSeenMs: number;
  readonly firstVersion: string;
}

/** Where the findings of one page began, among all evidence that is kept. */
async function readOrigins(store: Store, rows: readonly Row[]): Promise<Map<string, Origin>> {
  if (rows.length === 0) return new Map();
  const origins = await store.query<{ key: string; first_seen_ms: number; first_version: string }>(
    `SELECT leftPad(lower(hex(finding_key)), 16, '0') AS key,
       toUnixTimestamp64Milli(min(first_seen)) AS first_seen_ms,
       argMin(version, (first_seen, version)) AS first_version
     FROM ${store.database}.finding_minutely FINAL
     WHERE service IN {services:Array(String)} AND n_plus_one_requests + slow_requests > 0
       AND finding_key IN (SELECT reinterpretAsUInt64(reverse(unhex(arrayJoin({keys:Array(String)})))))
     GROUP BY finding_key`,
    { services: [...new Set(rows.map((row) => row.service))], keys: rows.map((row) => row.key) },
  );
  return new Map(origins.map((row) => [row.key, { firstSeenMs: row.first_seen_ms, firstVersion: row.first_version }]));
}

function finding(row: Row, severity: Severity, origin: Origin | undefined): Finding {
  const type = row.n_plus_one_total > 0 ? 'n_plus_one' : 'slow_query';
  const facts = {
    type,
    endpoint: endpointName(row.method, row.route),
    query: row.query,
    repeatsP50: Math.min(Math.round(row.repeats_p50), row.repeats_most),
    repeatsMax: row.repeats_most,
    msPerRequest: milliseconds(row.query_ns / Math.max(row.request_total, 1)),
    callSite: callSiteText(...row.call_site),
    distinctValues: row.distinct_most < 0 ? null : row.distinct_most,
  } as const;
  return {
    key: row.key,
    service: row.service,
    severity,
    state: row.state,
    reopened: row.reopened === 1,
    summary: findingSummary({ ...facts, callMsMax: row.query_ns_most / 1e6 }),
    occurrences: type === 'n_plus_one' ? row.n_plus_one_total : row.slow_total,
    firstSeen: new Date(origin?.firstSeenMs ?? row.last_seen_ms).toISOString(),
    lastSeen: new Date(row.last_seen_ms).toISOString(),
    firstVersion: origin?.firstVersion ?? '',
    fingerprint: row.fingerprint_hex,
    loopPath: row.loop_path,
    exampleTraceIds: row.traces,
    ...facts,
  };
}
