import type { Store } from '../../store/store.ts';
import { Breather } from './breather.ts';
import { NativeReader } from './native-reader.ts';
import { type ReadTable, selectArrivalSeconds } from './read-blocks.ts';
import type { SeenTraces } from './seen-traces.ts';
import { SpanColumns } from './span-columns.ts';
import { TextTable } from './text-table.ts';

/** Traces of which something arrived this long before the position are looked up, those before by the age of their spans. */
const LOOK_BACK_MS = 20 * 60_000;
const ROWS_PER_QUERY = 300_000;

/**
 * Tells which traces an earlier process stored something of, so that nobody takes what comes of them now for all there is.
 *
 * @param untilMs everything that arrived from there on is still to be read
 */
export async function addEarlierTraces(store: Store, seen: SeenTraces, untilMs: number): Promise<void> {
  const fromMs = Math.max(0, untilMs - LOOK_BACK_MS);
  if (untilMs === 0) return;
  for (const table of ['spans', 'log_exceptions'] as const) {
    if (await hasBefore(store, table, fromMs)) seen.forgottenUntilMs = Math.max(seen.forgottenUntilMs, fromMs);
    const seconds = await selectArrivalSeconds(store, table, fromMs, untilMs);
    for (let first = 0; first < seconds.length; ) {
      let last = first;
      let rows = seconds[first]!.rows;
      while (last + 1 < seconds.length && rows + seconds[last + 1]!.rows <= ROWS_PER_QUERY) {
        last++;
        rows += seconds[last]!.rows;
      }
      const range = {
        fromMs: seconds[first]!.second * 1000,
        untilMs: Math.min(untilMs, (seconds[last]!.second + 1) * 1000),
      };
      await addRange(store, seen, table, range);
      first = last + 1;
    }
  }
}

async function addRange(
  store: Store,
  seen: SeenTraces,
  table: ReadTable,
  range: { readonly fromMs: number; readonly untilMs: number },
): Promise<void> {
  const bytes = await store.queryBlocks(
    `SELECT DISTINCT trace_id FROM ${store.database}.${table}
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64}) AND inserted_at < fromUnixTimestamp64Milli({untilMs:Int64})`,
    range,
    { executionSecondsMax: 120 },
  );
  const reader = new NativeReader(bytes);
  const breather = new Breather();
  const columns = new SpanColumns();
  const texts = new TextTable();
  while (reader.nextBlock()) {
    await columns.read(reader, texts, 0, breather);
    for (let row = 0; row < columns.rows; row++) seen.add(columns.traceId, row * 4, range.untilMs);
    if (breather.isDue) await breather.breathe();
  }
}

async function hasBefore(store: Store, table: ReadTable, beforeMs: number): Promise<boolean> {
  const rows = await store.query(
    `SELECT 1 AS found FROM ${store.database}.${table}
     WHERE inserted_at < fromUnixTimestamp64Milli({beforeMs:Int64}) LIMIT 1`,
    { beforeMs },
  );
  return rows.length > 0;
}
