import type { BlockSource, Blocks, HandedOver } from './block-source.ts';

/**
 * The door to ClickHouse, embedded or a server: the same SQL, through `@clickhouse/client`, whichever is behind it.
 *
 * Rows come back as JSON with 64-bit integers as numbers: select ids and fingerprints as `lower(hex(x))`, epoch
 * nanoseconds as strings. Values reach SQL only as bound parameters (`{name:Type}`).
 */
export interface Store {
  /** Name of the database that holds our tables. */
  readonly database: string;
  readonly kind: 'embedded' | 'server';

  /** Reads rows. Several reads may run side by side; they never wait for an insert. */
  query<Row>(sql: string, params?: QueryParams, options?: QueryOptions): Promise<Row[]>;

  /** Reads rows as Native blocks, for those who read many: by column, without an object a row. */
  queryBlocks(sql: string, params?: QueryParams, options?: QueryOptions): Promise<Uint8Array>;

  /** Runs a statement that returns nothing: DDL, `INSERT ... SELECT`, `ALTER`. One at a time, in order. */
  command(sql: string, params?: QueryParams): Promise<void>;

  /** Likewise, but beside what else is written: for a statement that takes long and that no insert should wait for. */
  longCommand(sql: string, params?: QueryParams): Promise<void>;

  /** Inserts plain rows, as JSON; for the small tables. */
  insertRows(table: string, rows: readonly object[]): Promise<void>;

  /**
   * Inserts Native blocks with the columns of `BLOCK_COLUMNS[table]`, and stamps them with the batch and the time of
   * insertion. The same token twice inserts once. An empty list does nothing.
   */
  insertBlocks(table: BlockTable, blocks: Blocks, batch: Batch): Promise<void>;

  /** Does beforehand, while others insert, what {@link insertBlocks} can do for these blocks without its turn. */
  handOver(blocks: BlockSource): Promise<HandedOver>;

  /** Throws {@link StoreError} unless the engine answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type QueryParams = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

export interface QueryOptions {
  /** The engine gives up after this long, in seconds. @default 30 */
  readonly executionSecondsMax?: number;
}

/** Tables that are written as Native blocks. */
export type BlockTable = 'spans' | 'request_queries' | 'exceptions' | 'log_exceptions';

export interface Batch {
  /** Unsigned 64-bit, decimal. */
  readonly id: string;
  readonly deduplicationToken: string;
  /** Time of insertion of its rows, milliseconds since the epoch; see `ArrivalClock`. @default the engine's clock */
  readonly insertedAtMs?: number;
}

/** What the engine answered, and whether the same call may succeed later. */
export class StoreError extends Error {
  readonly retryable: boolean;
  /** ClickHouse's error code, 0 when the engine did not answer. */
  readonly code: number;

  constructor(message: string, options: { retryable: boolean; code: number; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'StoreError';
    this.retryable = options.retryable;
    this.code = options.code;
  }
}
