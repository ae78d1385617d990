import { randomUUID } from 'node:crypto';
import type { GeneratedSpan } from './generated-spans.ts';
import { randomBatches } from './generated-spans.ts';
import { migrate } from './migrate.ts';
import { nativeBlock } from './native-rows.ts';
import type { Store } from './store.ts';

/** Test support: what the rollups say of an endpoint in one minute or hour. */
export interface Summary {
  readonly time: string;
  readonly endpoint: string;
  readonly requests: number;
  readonly errors: number;
  readonly slow_requests: number;
  /** Decimal, since it may pass what a number holds. */
  readonly duration_ns_sum: string;
  readonly duration_ns_min: number;
  readonly duration_ns_max: number;
  readonly avg_ns: number;
  readonly log_micros_sum: number;
  readonly log_squared_micros_sum: number;
  /** p50, p95, p99. */
  readonly quantiles_ns: readonly number[];
}

export interface Summaries {
  readonly minutely: readonly Summary[];
  readonly hourly: readonly Summary[];
  /** The minutes merged into hours, at reading. */
  readonly minutelyAsHourly: readonly Summary[];
}

/** Inserts the spans in the order and batches that the seed gives, and reads the rollups. */
export async function summarise(store: Store, spans: readonly GeneratedSpan[], orderSeed: number): Promise<Summaries> {
  await migrate(store, { retentionDays: 30 });
  let id = 0;
  for (const batch of randomBatches(spans, orderSeed)) {
    id += 1;
    await store.insertBlocks('spans', [nativeBlock('spans', batch)], {
      id: String(id),
      deduplicationToken: randomUUID(),
    });
  }
  return {
    minutely: await read(store, 'endpoint_minutely', 'minute'),
    hourly: await read(store, 'endpoint_hourly', 'hour'),
    minutelyAsHourly: await read(store, 'endpoint_minutely', 'toStartOfHour(minute)'),
  };
}

function read(store: Store, table: string, time: string): Promise<Summary[]> {
  return store.query<Summary>(
    `SELECT formatDateTime(${time}, '%FT%T') AS time, concatWithSeparator(' ', service, version, method, route) AS endpoint,
            sum(r.requests) AS requests, sum(r.errors) AS errors, sum(r.slow_requests) AS slow_requests,
            toString(sum(r.duration_ns_sum)) AS duration_ns_sum, min(r.duration_ns_min) AS duration_ns_min,
            max(r.duration_ns_max) AS duration_ns_max, sum(r.duration_ns_sum) / sum(r.requests) AS avg_ns,
            sum(r.log_micros_sum) AS log_micros_sum, sum(r.log_squared_micros_sum) AS log_squared_micros_sum,
            quantilesBFloat16Merge(0.5, 0.95, 0.99)(r.duration_ns_quantiles) AS quantiles_ns
     FROM ${table} AS r GROUP BY time, endpoint ORDER BY time, endpoint`,
  );
}
