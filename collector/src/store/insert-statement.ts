import { createHash } from 'node:crypto';
import { BLOCK_COLUMNS } from './blocks.ts';
import { stringLiteral } from './sql-literal.ts';
import { type Batch, type BlockTable, StoreError } from './store.ts';

/** Columns of a table's Native blocks as ClickHouse writes a structure: `timestamp DateTime64(9, 'UTC'), ...`. */
export function blockStructure(table: BlockTable): string {
  return BLOCK_COLUMNS[table].map(([name, type]) => `${name} ${type}`).join(', ');
}

/**
 * Blocks into their table, read from `source`, which is `file(...)` or `input(...)`; stamped with the batch, where the
 * table keeps it, and with the time that the batch says or else the engine's clock, in UTC.
 */
export function insertStatement(
  database: string,
  table: BlockTable,
  source: string,
  batch: Batch & { readonly rows: number },
): string {
  const columns = BLOCK_COLUMNS[table].map(([name]) => name as string);
  const values = [...columns];
  if (table === 'spans' || table === 'log_exceptions') {
    columns.push('batch_id');
    values.push(`toUInt64(${batchId(batch.id)})`);
  }
  columns.push('inserted_at');
  values.push(insertedAt(batch));
  const settings = [
    `insert_deduplication_token = ${stringLiteral(deduplicationToken(batch))}`,
    'deduplicate_blocks_in_dependent_materialized_views = 1',
    // A batch is one block, so that its parts, and the blocks that the views make of them, are the same at a retry. One
    // row more than there are, so that it ends with the data; not a million, for which memory would be taken beforehand.
    'max_insert_threads = 1',
    `min_insert_block_size_rows = ${batch.rows + 1}`,
    'min_insert_block_size_bytes = 1073741824',
  ];
  return `INSERT INTO ${database}.${table} (${columns.join(', ')}) SETTINGS ${settings.join(', ')} SELECT ${values.join(', ')} FROM ${source}`;
}

function insertedAt({ insertedAtMs }: Batch): string {
  if (insertedAtMs === undefined) return "now64(3, 'UTC')";
  if (Number.isSafeInteger(insertedAtMs)) return `fromUnixTimestamp64Milli(toInt64(${insertedAtMs}), 'UTC')`;
  throw new StoreError(`A time of insertion is in whole milliseconds, not ${insertedAtMs}`, {
    retryable: false,
    code: 0,
  });
}

function batchId(id: string): string {
  if (/^\d{1,20}$/.test(id) && BigInt(id) < 2n ** 64n) return id;
  throw new StoreError(`A batch's id is an unsigned 64-bit number, not ${JSON.stringify(id)}`, {
    retryable: false,
    code: 0,
  });
}

/** A token of any length and content becomes a short one; the server keeps the last thousand of them per table. */
function deduplicationToken(batch: Batch): string {
  return createHash('sha256').update(batch.deduplicationToken).digest('hex').slice(0, 32);
}
