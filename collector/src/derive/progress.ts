import type { Store } from '../store/store.ts';
import { clickhouseTime } from './clickhouse-time.ts';

/** How far each derivation has come, by time of arrival, in milliseconds since the epoch; 0 where none is recorded. */
export async function readProgress(store: Store, name: string): Promise<number> {
  const rows = await store.query<{ positionMs: number }>(
    `SELECT toUnixTimestamp64Milli(position) AS positionMs FROM ${store.database}.progress FINAL WHERE name = {name:String}`,
    { name },
  );
  return rows[0]?.positionMs ?? 0;
}

export async function writeProgress(
  store: Store,
  positionsMs: ReadonlyMap<string, number>,
  nowMs: number,
): Promise<void> {
  await store.insertRows(
    'progress',
    [...positionsMs].map(([name, positionMs]) => ({
      name,
      position: clickhouseTime(positionMs),
      updated_at: clickhouseTime(nowMs),
    })),
  );
}
