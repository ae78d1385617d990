/**
 * Where the time of an endpoint's average request goes. Duration and database time are exact, from the rollups; outgoing HTTP
 * calls have no rollup and are added up in a sample of the requests. What remains is the app's own code and what it waits
 * for without a span.
 */
import { isHttpSql } from '../derive/repeated-sql.ts';
import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import { endpointNumbers } from './endpoint-numbers.ts';
import type { EndpointBreakdown } from './endpoint-types.ts';
import type { ListParameters } from './parameters.ts';
import { OF_SAMPLE, sampleParams, sampleRequests } from './request-sample.ts';
import { rollupWindow } from './rollups.ts';

const SAMPLE_MAX = 300;

/** Of a row that was written again, the newest. */
const HTTP_SQL = `
SELECT sum(newest_ns) AS ns
FROM (
  SELECT argMax(duration_ns, inserted_at) AS newest_ns
  FROM request_queries
  WHERE ${OF_SAMPLE} AND (trace_id, entry_span_id) IN (
      SELECT key.1, key.2 FROM (SELECT arrayJoin(arrayZip({traceIds:Array(String)}, {spanIds:Array(String)})) AS key)
    ) AND ${isHttpSql('db_system')}
  GROUP BY trace_id, entry_span_id, source, fingerprint, loop_path, db_system
)`;

export async function endpointBreakdown(
  store: Store,
  parameters: ListParameters,
  nowMs: number,
): Promise<EndpointBreakdown> {
  const { sinceMs, untilMs } = parameters;
  const [numbers, sample] = await Promise.all([
    endpointNumbers(store, parameters, rollupWindow(sinceMs, untilMs, nowMs)),
    sampleRequests(store, parameters, SAMPLE_MAX, nowMs),
  ]);
  const { requests, avgMs, queryMsPerRequest: databaseMs } = numbers;
  const [http] =
    sample.length === 0
      ? []
      : await store.query<{ ns: number }>(HTTP_SQL, {
          ...sampleParams(sample),
          spanIds: sample.map(({ span_id }) => span_id),
        });
  const httpMs = sample.length === 0 ? 0 : milliseconds((http?.ns ?? 0) / sample.length);
  return {
    requests,
    avgMs,
    databaseMs,
    httpMs,
    ownMs: Math.max(0, avgMs - databaseMs - httpMs),
    sampledRequests: sample.length,
  };
}
