import type { FindingHistory, FindingState, VersionSpan } from '@profiler/analysis';
import type { Store } from '../store/store.ts';
import type { EvidenceRow } from './finding-evidence.ts';

interface Decision {
  readonly key: string;
  readonly state: FindingState;
  readonly at_ms: number;
}
interface SeenRow extends VersionSpan {
  readonly key: string;
  readonly days: number[];
}
interface ServedRow extends VersionSpan {
  readonly service: string;
  readonly method: string;
  readonly route: string;
}

const KEYS = 'finding_key IN (SELECT reinterpretAsUInt64(reverse(unhex(arrayJoin({keys:Array(String)})))))';
const KEY = `leftPad(lower(hex(finding_key)), 16, '0') AS key`;

/**
 * What is known of these findings among all evidence that is kept, by key: where they began, which versions showed them and which
 * served their endpoints without (in the 14 days that minutes are kept), and what was decided.
 */
export async function readHistories(
  store: Store,
  rows: readonly Pick<EvidenceRow, 'key' | 'service' | 'method' | 'route'>[],
): Promise<Map<string, FindingHistory>> {
  if (rows.length === 0) return new Map();
  const keys = rows.map((row) => row.key);
  const services = [...new Set(rows.map((row) => row.service))];
  const [decisions, seen, served] = await Promise.all([
    store.query<Decision>(
      `SELECT ${KEY}, state, toUnixTimestamp64Milli(updated_at) AS at_ms
       FROM ${store.database}.finding_states FINAL WHERE ${KEYS}`,
      { keys },
    ),
    store.query<SeenRow>(
      `SELECT ${KEY}, version, sum(greatest(repeated_requests, slow_requests, many_requests)) AS requests,
         toUnixTimestamp64Milli(min(first_seen)) AS firstMs, toUnixTimestamp64Milli(max(last_seen)) AS lastMs,
         arraySort(groupUniqArray(intDiv(toUnixTimestamp(minute), 86400))) AS days
       FROM ${store.database}.finding_minutely FINAL
       WHERE service IN {services:Array(String)} AND repeated_requests + slow_requests + many_requests > 0 AND ${KEYS}
       GROUP BY finding_key, version ORDER BY firstMs, version`,
      { services, keys },
    ),
    store.query<ServedRow>(
      `SELECT service, method, route, version, sum(requests) AS requests,
         toUnixTimestamp(min(minute)) * 1000 AS firstMs, toUnixTimestamp(max(minute)) * 1000 AS lastMs
       FROM ${store.database}.endpoint_minutely
       WHERE service IN {services:Array(String)} AND (service, method, route) IN (
         SELECT service, method, route FROM ${store.database}.finding_minutely
         WHERE service IN {services:Array(String)} AND ${KEYS})
       GROUP BY service, method, route, version`,
      { services, keys },
    ),
  ]);
  const decidedByKey = new Map(decisions.map((row) => [row.key, row]));
  const seenByKey = grouped(seen, (row) => row.key);
  const servedByEndpoint = grouped(served, endpointOf);
  return new Map(
    rows.map((row) => {
      const of = seenByKey.get(row.key) ?? [];
      const decision = decidedByKey.get(row.key);
      return [
        row.key,
        {
          decided: decision && { state: decision.state, atMs: decision.at_ms },
          seen: of,
          served: servedByEndpoint.get(endpointOf(row)) ?? [],
          seenDays: [...new Set(of.flatMap((span) => span.days))].sort((a, b) => a - b),
        },
      ];
    }),
  );
}

function endpointOf({ service, method, route }: { service: string; method: string; route: string }): string {
  return `${service}\0${method}\0${route}`;
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
