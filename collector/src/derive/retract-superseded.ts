import type { Store } from '../store/store.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import type { DerivedTrace } from './derive-trace.ts';
import { hexId } from './memory/span-id.ts';

/** Rows read and retracted at once. */
const TRACES_MAX = 200;

/**
 * Takes back rows of `exceptions` of log records that stood for themselves, and no longer do: their span, or their request, came after
 * they had been given up. A row cannot be replaced by one of another occurrence, so it is replaced by one that is `retracted`.
 *
 * @param derived after their own rows are inserted: what is retracted is counted there
 * @param stampMs later than the insertion of any row that stands
 */
export async function retractSuperseded(
  store: Store,
  derived: readonly DerivedTrace[],
  stampMs: () => number,
): Promise<void> {
  for (let at = 0; at < derived.length; at += TRACES_MAX) {
    const some = derived.slice(at, at + TRACES_MAX);
    const traceIds = some.map(({ traceId }) => traceId);
    const standing = new Set((await selectStanding(store, traceIds)).map(idOf));
    const rows = some.flatMap(({ traceId, superseded }) =>
      superseded
        .map(({ key, occurrenceId, log }) => ({ key, occurrenceId: hexId(occurrenceId), log }))
        .filter((superseded) => standing.has(idOf({ traceId, ...superseded })))
        .map(({ key, occurrenceId, log }) => ({
          timestamp: clickhouseTime(Number(BigInt(log.timeUnixNano) / 1_000_000n)),
          trace_id: traceId,
          occurrence_id: occurrenceId,
          exception_key: BigInt(`0x${key}`).toString(),
          service: log.service,
          retracted: 1,
          inserted_at: clickhouseTime(stampMs()),
        })),
    );
    await store.insertRows('exceptions', rows);
  }
}

interface Standing {
  readonly traceId: string;
  readonly key: string;
  readonly occurrenceId: string;
}

const idOf = ({ traceId, key, occurrenceId }: Standing) => `${traceId} ${key} ${occurrenceId}`;

function selectStanding(store: Store, traceIds: readonly string[]): Promise<Standing[]> {
  return store.query(
    `SELECT trace_id AS traceId, leftPad(lower(hex(exception_key)), 16, '0') AS key, occurrence_id AS occurrenceId
     FROM ${store.database}.exceptions FINAL
     WHERE trace_id IN {traceIds:Array(String)}`,
    { traceIds },
  );
}
