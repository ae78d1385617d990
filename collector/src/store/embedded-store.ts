import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { type BlockSource, type Blocks, type HandedOver, isEmpty, piecesOf, rowsOf } from './block-source.ts';
import { type EmbeddedEngine, fileFunction, openEmbeddedEngine, SESSION_SETTINGS } from './embedded-engine.ts';
import { blockStructure, insertStatement } from './insert-statement.ts';
import { Lanes } from './lanes.ts';
import { bindParameters } from './sql-parameters.ts';
import { type Batch, type BlockTable, type QueryOptions, type QueryParams, type Store, StoreError } from './store.ts';
import { storeFailure } from './store-failure.ts';
import { bytesOf } from './stream-bytes.ts';
import { TableStructures } from './table-structures.ts';

export interface EmbeddedStoreOptions {
  readonly dataDir: string;
  readonly database: string;
  readonly memoryBytesMax?: number;
  readonly sync?: boolean;
  /**
   * Sessions that read, beside the one that writes. Each holds a thread of Node's pool (four, unless
   * `UV_THREADPOOL_SIZE` says otherwise) for as long as its query runs. @default 2
   */
  readonly readers?: number;
}

/** What answers goes before what writes: nobody waits for an insert. Without the right to set priorities it does nothing. */
const WRITER_SETTINGS = 'SET os_threads_nice_value_query = 7, os_threads_nice_value_materialized_view = 7';
/** Reads that may wait for a free session; the next is refused as retryable. */
const WAITING_READS_MAX = 256;
/** Writes that may wait for their turn. */
const WAITING_WRITES_MAX = 1024;

/** {@link Store} over ClickHouse in this process: one session writes, one inserts what is derived beside it, a few read. */
export class EmbeddedStore implements Store {
  readonly kind = 'embedded';
  readonly database: string;
  /** For what else of this process speaks to the same engine; the store closes it. */
  readonly engine: EmbeddedEngine;
  readonly #clients: readonly ClickHouseClient[];
  readonly #writer: Lanes<ClickHouseClient>;
  /** So that derivation, which inserting waits for when it is behind, does not wait for each segment. */
  readonly #derivedWriter: Lanes<ClickHouseClient>;
  readonly #longWriter: Lanes<ClickHouseClient>;
  readonly #readers: Lanes<ClickHouseClient>;
  readonly #structures = new TableStructures();
  #closing: Promise<void> | undefined;

  static async open(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
    const { memoryBytesMax, sync } = options;
    const engine = openEmbeddedEngine(options.dataDir, {
      ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }),
      ...(sync === undefined ? {} : { sync }),
    });
    const connect = () => createClient({ connection: connectionTo(engine) });
    const writer = connect();
    const derivedWriter = connect();
    const longWriter = connect();
    const readers = Array.from({ length: options.readers ?? 2 }, connect);
    const store = new EmbeddedStore(options.database, engine, { writer, derivedWriter, longWriter, readers });
    try {
      await writer.command({ query: SESSION_SETTINGS });
      await writer.command({ query: `CREATE DATABASE IF NOT EXISTS ${options.database} ENGINE = Atomic` });
      await writer.command({ query: `USE ${options.database}` });
      for (const client of [derivedWriter, longWriter]) {
        await client.command({ query: SESSION_SETTINGS });
        await client.command({ query: `USE ${options.database}` });
      }
      for (const client of [writer, derivedWriter, longWriter]) await client.command({ query: WRITER_SETTINGS });
      for (const reader of readers) {
        await reader.command({ query: SESSION_SETTINGS });
        await reader.command({ query: `USE ${options.database}` });
        await reader.command({ query: 'SET readonly = 2' });
      }
    } catch (cause) {
      await store.close();
      throw storeFailure(cause, 'Cannot open the embedded engine');
    }
    return store;
  }

  private constructor(
    database: string,
    engine: EmbeddedEngine,
    { writer, derivedWriter, longWriter, readers }: Sessions,
  ) {
    this.database = database;
    this.engine = engine;
    this.#clients = [writer, derivedWriter, longWriter, ...readers];
    this.#writer = new Lanes([writer], WAITING_WRITES_MAX);
    this.#derivedWriter = new Lanes([derivedWriter], WAITING_WRITES_MAX);
    this.#longWriter = new Lanes([longWriter], WAITING_WRITES_MAX);
    this.#readers = new Lanes(readers, WAITING_READS_MAX);
  }

  async query<Row>(sql: string, params: QueryParams = {}, options: QueryOptions = {}): Promise<Row[]> {
    const query = bindParameters(sql, params, readSettings(options));
    return this.#run(this.#readers, 'Cannot read', async (client) => {
      const result = await client.query({ query, format: 'JSONEachRow' });
      return result.json<Row>();
    });
  }

  async queryBlocks(sql: string, params: QueryParams = {}, options: QueryOptions = {}): Promise<Uint8Array> {
    const query = bindParameters(`${sql} FORMAT Native`, params, readSettings(options));
    return this.#run(this.#readers, 'Cannot read', async (client) => {
      const { stream } = await client.exec({ query });
      return bytesOf(stream);
    });
  }

  async command(sql: string, params: QueryParams = {}): Promise<void> {
    const query = bindParameters(sql, params);
    await this.#run(this.#writer, 'Cannot run a statement', async (client) => {
      if (!/^\s*INSERT\b/i.test(sql)) this.#structures.forget();
      await client.command({ query });
    });
  }

  async longCommand(sql: string, params: QueryParams = {}): Promise<void> {
    const query = bindParameters(sql, params);
    await this.#run(this.#longWriter, 'Cannot run a statement', (client) => client.command({ query }));
  }

  async insertRows(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const text = rows.map((row) => JSON.stringify(row)).join('\n');
    await this.#insertFile(this.#writer, [Buffer.from(text)], async (path, client) => {
      const structure = await this.#structures.of(table, columns, () => columnTypes(client, this.database, table));
      const names = columns.map((name) => `\`${name}\``).join(', ');
      return `INSERT INTO ${this.database}.${table} (${names}) SETTINGS date_time_input_format = 'best_effort' SELECT ${names} FROM ${fileFunction(path, 'JSONEachRow', structure)}`;
    });
  }

  async insertBlocks(table: BlockTable, blocks: Blocks, batch: Batch): Promise<void> {
    if (isEmpty(blocks)) return;
    const statement = (path: string) => {
      const source = fileFunction(path, 'Native', blockStructure(table));
      return insertStatement(this.database, table, source, { ...batch, rows: rowsOf(blocks) });
    };
    const lanes = table === 'request_queries' || table === 'exceptions' ? this.#derivedWriter : this.#writer;
    if (!(blocks instanceof HandoverFile)) return this.#insertFile(lanes, blocks, async (path) => statement(path));
    await this.#run(lanes, 'Cannot insert', async (client) => {
      await client.command({ query: statement(blocks.path) });
    });
  }

  async handOver(blocks: BlockSource): Promise<HandedOver> {
    const file = new HandoverFile(join(this.engine.handoverDirectory, randomUUID()), blocks);
    try {
      await writePieces(file.path, blocks);
    } catch (cause) {
      await file.release();
      throw storeFailure(cause, 'Cannot hand over');
    }
    return file;
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([
      this.#writer.drained(),
      this.#derivedWriter.drained(),
      this.#longWriter.drained(),
      this.#readers.drained(),
    ]);
    for (const client of this.#clients) await client.close();
    await this.engine.close();
  }

  /** All of it in the session's turn, so that what was called first is inserted first. */
  async #insertFile(
    lanes: Lanes<ClickHouseClient>,
    blocks: Blocks,
    statement: (path: string, client: ClickHouseClient) => Promise<string>,
  ): Promise<void> {
    const path = join(this.engine.handoverDirectory, randomUUID());
    await this.#run(lanes, 'Cannot insert', async (client) => {
      const query = await statement(path, client);
      try {
        await writePieces(path, blocks);
        await client.command({ query });
      } finally {
        await unlink(path).catch(() => {});
      }
    });
  }

  async #run<Result>(
    lanes: Lanes<ClickHouseClient>,
    doing: string,
    work: (client: ClickHouseClient) => Promise<Result>,
  ): Promise<Result> {
    if (this.#closing !== undefined) throw storeFailure(new Error('the store is closed'), doing);
    try {
      return await lanes.run(
        work,
        () => new StoreError(`${doing}: too many wait already`, { retryable: true, code: 202 }),
      );
    } catch (cause) {
      throw storeFailure(cause, doing);
    }
  }
}

interface Sessions {
  readonly writer: ClickHouseClient;
  readonly derivedWriter: ClickHouseClient;
  readonly longWriter: ClickHouseClient;
  readonly readers: readonly ClickHouseClient[];
}

class HandoverFile implements HandedOver {
  readonly path: string;
  readonly rows: number;
  readonly #blocks: BlockSource;

  constructor(path: string, blocks: BlockSource) {
    this.path = path;
    this.rows = blocks.rows;
    this.#blocks = blocks;
  }

  pieces(): AsyncIterable<readonly Uint8Array[]> {
    return this.#blocks.pieces();
  }

  async release(): Promise<void> {
    await unlink(this.path).catch(() => {});
  }
}

/** A session keeps what it was set to, so every query sets its own again. */
function readSettings(options: QueryOptions): Record<string, number> {
  return { output_format_json_quote_64bit_integers: 0, max_execution_time: options.executionSecondsMax ?? 30 };
}

/** The same interface at run time; the two packages declare it from different copies of its types. */
function connectionTo(engine: EmbeddedEngine): ClickHouseClientConfigOptions['connection'] & {} {
  return createChdbConnection({
    path: engine.directory,
  }) as unknown as ClickHouseClientConfigOptions['connection'] & {};
}

async function columnTypes(client: ClickHouseClient, database: string, table: string): Promise<Map<string, string>> {
  const sql = 'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}';
  const result = await client.query({ query: bindParameters(sql, { database, table }), format: 'JSONEachRow' });
  const rows = await result.json<{ name: string; type: string }>();
  return new Map(rows.map((row) => [row.name, row.type]));
}

/** Several blocks in one call: one each would wait for its turn of the event loop a hundred times. */
async function writePieces(path: string, blocks: Blocks): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const piece of piecesOf(blocks)) {
      const { bytesWritten } = await file.writev(piece);
      const bytesTotal = piece.reduce((sum, { length }) => sum + length, 0);
      if (bytesWritten !== bytesTotal) throw new Error(`only ${bytesWritten} of ${bytesTotal} bytes were written`);
    }
  } finally {
    await file.close();
  }
}
