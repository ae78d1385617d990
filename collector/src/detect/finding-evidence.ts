/** The minutes' evidence of findings, added up by their keys. */
import type { QueryParams, Store } from '../store/store.ts';
import type { FindingFilter } from './findings.ts';

export interface EvidenceRow {
  /** 16 hex digits; so is `fingerprint_hex`. */
  readonly key: string;
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly fingerprint_hex: string;
  readonly loop_path: string;
  readonly system: string;
  readonly query: string;
  /** Requests, by what they showed; `request_total` those that showed anything. */
  readonly repeated_total: number;
  readonly slow_total: number;
  readonly many_total: number;
  readonly request_total: number;
  readonly repeats_p50: number;
  readonly repeats_most: number;
  readonly saved_ns: number;
  readonly query_ns: number;
  readonly query_ns_most: number;
  readonly request_ns: number;
  readonly call_site: readonly [file: string, line: number, functionName: string];
  /** Below 0 when unknown. */
  readonly distinct_most: number;
  readonly traces: string[];
  readonly last_seen_ms: number;
}

/** Findings among which those of some state, type or severity are looked for: these are told here, not in the database. */
const JUDGED_MAX = 2_000;

/** Heaviest first: by the time that a fix would have saved in all. At most 2,000. */
export function readEvidence(store: Store, filter: FindingFilter, nowMs: number): Promise<EvidenceRow[]> {
  const params: Record<string, QueryParams[string]> = {
    since: Math.floor(Math.max(0, filter.sinceMs ?? 0) / 60_000) * 60,
    until: Math.ceil((filter.untilMs ?? nowMs + 600_000) / 1000),
  };
  const evidence = ['minute >= toDateTime({since:UInt32})', 'repeated_requests + slow_requests + many_requests > 0'];
  const where = (name: string, value: QueryParams[string] | undefined, condition: string) => {
    if (value === undefined) return;
    evidence.push(condition);
    params[name] = value;
  };
  where('service', filter.service, 'service = {service:String}');
  where('environment', filter.environment, 'environment = {environment:String}');
  where('version', filter.version, 'version = {version:String}');
  where('endpoint', filter.endpoint, "(route = {endpoint:String} OR concat(method, ' ', route) = {endpoint:String})");
  where('key', filter.key, 'finding_key = reinterpretAsUInt64(reverse(unhex({key:String})))');

  const within = 'minute < toDateTime({until:UInt32})';
  const sql = `
    SELECT
      leftPad(lower(hex(finding_key)), 16, '0') AS key, service, method, route, loop_path,
      leftPad(lower(hex(fingerprint)), 16, '0') AS fingerprint_hex,
      min(db_system) AS system, max(query_text) AS query,
      sumIf(repeated_requests, ${within}) AS repeated_total,
      sumIf(slow_requests, ${within}) AS slow_total,
      sumIf(many_requests, ${within}) AS many_total,
      sumIf(greatest(repeated_requests, slow_requests, many_requests), ${within}) AS request_total,
      if(repeated_total > 0, quantilesBFloat16MergeIf(0.5)(repeats_quantiles, repeated_requests > 0 AND ${within}),
        quantilesBFloat16MergeIf(0.5)(repeats_quantiles, ${within}))[1] AS repeats_p50,
      maxIf(repeats_max, ${within}) AS repeats_most,
      toFloat64(sumIf(saved_ns_sum, ${within})) AS saved_ns,
      toFloat64(sumIf(duration_ns_sum, ${within})) AS query_ns,
      toFloat64(maxIf(duration_ns_max, ${within})) AS query_ns_most,
      toFloat64(sumIf(request_duration_ns_sum, ${within})) AS request_ns,
      argMaxIf((code_file_path, code_line_number, code_function_name), (last_seen, version), code_file_path != '' AND ${within}) AS call_site,
      maxIf(distinct_values, ${within}) AS distinct_most,
      argMaxIf(example_trace_ids, (last_seen, version), ${within}) AS traces,
      toUnixTimestamp64Milli(maxIf(last_seen, ${within})) AS last_seen_ms
    FROM ${store.database}.finding_minutely FINAL
    WHERE ${evidence.join(' AND ')}
    GROUP BY finding_key, service, method, route, fingerprint, loop_path
    HAVING request_total > 0
    ORDER BY saved_ns DESC, key
    LIMIT ${JUDGED_MAX}`;
  return store.query<EvidenceRow>(sql, params);
}
