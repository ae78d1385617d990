/**
 * What the spans of a window lack, by service: the facts that `profiler doctor` judges.
 *
 * A span's name is `GET` alone exactly when its instrumentation knew no route. Spans of connections and pools carry a
 * database system, and never a statement, so only a service without any statement at all lacks them.
 */
import type { Store } from '../store/store.ts';
import type { ListParameters } from './parameters.ts';
import { rowFilter } from './row-filter.ts';
import type { List, ServiceDiagnosis } from './types.ts';

const sql = (conditions: string) => `
SELECT service,
  countIf(entry = 1 AND ignored = 0) AS requests,
  countIf(entry = 1 AND ignored = 0 AND route != 'unmatched' AND name IN (method, concat('HTTP ', method))) AS without_route,
  countIf(kind = 3 AND db_system != '') AS db_spans,
  countIf(kind = 3 AND db_system != '' AND query_text != '') AS with_statement,
  max(instrumented) AS is_instrumented,
  max(version != '') AS has_version,
  max(toUnixTimestamp64Milli(toDateTime64(timestamp, 3, 'UTC')) + toInt64(intDiv(duration_ns, 1000000))
    - toUnixTimestamp64Milli(inserted_at)) AS ahead_ms
FROM spans
WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC') AND ${conditions}
GROUP BY service
ORDER BY requests DESC, service
LIMIT {limit:UInt32}`;

interface Row {
  readonly service: string;
  readonly requests: number;
  readonly without_route: number;
  readonly db_spans: number;
  readonly with_statement: number;
  readonly is_instrumented: number;
  readonly has_version: number;
  readonly ahead_ms: number;
}

export async function diagnose(store: Store, parameters: ListParameters): Promise<List<ServiceDiagnosis>> {
  const { sinceMs, untilMs, limit } = parameters;
  const filter = rowFilter(parameters);
  const rows = await store.query<Row>(sql(filter.sql), { ...filter.params, sinceMs, untilMs, limit });
  return {
    items: rows.map((row) => ({
      service: row.service,
      requests: row.requests,
      requestsWithoutRoute: row.without_route,
      databaseSpans: row.db_spans,
      databaseSpansWithStatement: row.with_statement,
      instrumented: row.is_instrumented === 1,
      versioned: row.has_version === 1,
      clockAheadMs: Math.max(0, row.ahead_ms),
    })),
    nextCursor: null,
  };
}
