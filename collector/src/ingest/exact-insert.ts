import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { BlockSource } from '../store/block-source.ts';
import { type Batch, type BlockTable, type Store, StoreError } from '../store/store.ts';

/** Tables that keep their rows' batch id, so that it can be counted what of a batch is there. */
const COUNTED_TABLES: ReadonlySet<BlockTable> = new Set(['spans', 'log_exceptions']);
/** An earlier attempt may still be finishing on a server. */
const SETTLE_MS = 1_000;

export interface DoubtfulBatch {
  readonly batch: Batch;
  readonly table: BlockTable;
  readonly blocks: BlockSource;
}

/**
 * Makes rows of a batch that an earlier attempt may have inserted be there once. The token usually does, but it is
 * recorded before the rows are: after a crash it may be known while they are not there, and then it keeps them out. So the
 * rows are counted, and what is neither none nor all is deleted and inserted under a new token. More than all are left when
 * they are other rows: a file that was cut short or damaged lost requests that had been inserted.
 *
 * The views may count such a batch twice then, or not at all: see `reconcileRollups`.
 */
export async function insertExactly(store: Store, doubtful: DoubtfulBatch, log: Log): Promise<void> {
  const { batch, table, blocks } = doubtful;
  const { rows } = blocks;
  const { id } = batch;
  const again = { ...batch, deduplicationToken: `${id}-${randomUUID()}` };
  if (!COUNTED_TABLES.has(table)) {
    await store.insertBlocks(table, blocks, batch);
    // One row a key: inserting twice changes nothing.
    await store.insertBlocks(table, blocks, again);
    return;
  }
  const hasOthers = async (stored: number) => stored > rows && (await countDifferent(store, table, id)) > rows;
  const isExact = async (stored: number) => stored === rows || (await hasOthers(stored));
  // The token would let them in beside the others, because the block is another.
  if (await hasOthers(await countStored(store, table, id))) return;
  await store.insertBlocks(table, blocks, batch);
  let stored = await countStored(store, table, id);
  if (!(await isExact(stored)) && store.kind === 'server') {
    await sleep(SETTLE_MS);
    stored = await countStored(store, table, id);
  }
  if (await isExact(stored)) return;
  log.warn(`Batch ${id} has ${stored} of its ${rows} rows in ${table}; it is inserted again`);
  if (stored > 0) {
    await store.command(
      `DELETE FROM ${store.database}.${table} WHERE batch_id = {id:UInt64} SETTINGS lightweight_deletes_sync = 2`,
      { id },
    );
  }
  await store.insertBlocks(table, blocks, again);
  stored = await countStored(store, table, id);
  if (await isExact(stored)) return;
  throw new StoreError(`Batch ${id} still has ${stored} of its ${rows} rows in ${table}`, { retryable: true, code: 0 });
}

async function countStored(store: Store, table: BlockTable, batchId: string): Promise<number> {
  const sql = `SELECT count() AS stored FROM ${store.database}.${table} WHERE batch_id = {batchId:UInt64}`;
  const [row] = await store.query<{ stored: number }>(sql, { batchId });
  return Number(row?.stored ?? 0);
}

/** Rows that differ in more than when they were inserted. */
async function countDifferent(store: Store, table: BlockTable, batchId: string): Promise<number> {
  const sql = `SELECT uniqExact(sipHash128(tuple(* EXCEPT (inserted_at)))) AS different
    FROM ${store.database}.${table} WHERE batch_id = {batchId:UInt64}`;
  const [row] = await store.query<{ different: number }>(sql, { batchId });
  return Number(row?.different ?? 0);
}
