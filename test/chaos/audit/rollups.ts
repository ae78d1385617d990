import type { Store } from '../../../collector/src/store/store.ts';
import type { Findings } from '../findings.ts';
import { compare, figuresOf, type MomentOf, rollup } from './difference.ts';

const ENDPOINT = ['service', 'environment', 'method', 'route'] as const;
const COUNTED = 'entry = 1 AND ignored = 0';

const BRUTE_FORCE = [
  'count()',
  'sum(error)',
  'sum(slow)',
  'sum(duration_ns)',
  'min(duration_ns)',
  'max(duration_ns)',
  'sum(toUInt64(round(log(greatest(duration_ns, 1)) * 1e6)))',
  'sum(toUInt64(round(pow(log(greatest(duration_ns, 1)), 2) * 1e6)))',
  'quantilesBFloat16(0.5, 0.95, 0.99)(toFloat64(duration_ns))',
] as const;

const MERGED = [
  'sum(requests)',
  'sum(errors)',
  'sum(slow_requests)',
  'sum(duration_ns_sum)',
  'min(duration_ns_min)',
  'max(duration_ns_max)',
  'sum(log_micros_sum)',
  'sum(log_squared_micros_sum)',
  'quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)',
] as const;

/** What views keep of the spans that are stored, against the same computed from all of them at once. */
export async function auditRollups(store: Store, findings: Findings, moment: MomentOf): Promise<void> {
  const { database } = store;
  const spans = `${database}.spans`;
  const request = ['trace_id', 'span_id'] as const;
  const columns = ['count()', 'sum(duration_ns)', 'sum(error)', 'sum(slow)', 'min(timestamp)', 'any(route)'] as const;
  const one = { aggregate: true };
  await compare(
    store,
    {
      check: rollup('requests'),
      stored: figuresOf(`${database}.requests`, request, columns, one),
      expected: figuresOf(spans, request, columns, { ...one, where: COUNTED }),
    },
    findings,
    moment,
  );
  for (const [table, column, start] of [
    ['endpoint_minutely', 'minute', 'toStartOfMinute'],
    ['endpoint_hourly', 'hour', 'toStartOfHour'],
  ] as const) {
    const time = `${start}(toDateTime(timestamp, 'UTC'))`;
    await compare(
      store,
      {
        check: rollup(table),
        stored: figuresOf(`${database}.${table}`, [column, ...ENDPOINT], MERGED, one),
        expected: figuresOf(spans, [time, ...ENDPOINT], BRUTE_FORCE, { ...one, where: COUNTED }),
      },
      findings,
      moment,
    );
  }
}
