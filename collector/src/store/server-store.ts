import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type BlockSource, type Blocks, type HandedOver, isEmpty, piecesOf, rowsOf } from './block-source.ts';
import { blockStructure, insertStatement } from './insert-statement.ts';
import { Lanes } from './lanes.ts';
import { stringLiteral } from './sql-literal.ts';
import { type Batch, type BlockTable, type QueryOptions, type QueryParams, type Store, StoreError } from './store.ts';
import { storeFailure } from './store-failure.ts';
import { bytesOf } from './stream-bytes.ts';

export interface ServerStoreOptions {
  /** `http://user:password@host:8123`, or https, without the database. */
  readonly url: URL;
  readonly database: string;
}

/** Reads that run side by side on the server. */
const READS_MAX = 8;
const WAITING_READS_MAX = 256;
const WAITING_WRITES_MAX = 1024;
/** A statement that alters a large table may take this long to answer, in milliseconds. */
const COMMAND_TIMEOUT_MS = 300_000;
/** How much longer than the engine's own limit a read may take before the connection is given up, in milliseconds. */
const READ_GRACE_MS = 5_000;

const READ_SETTINGS = { output_format_json_quote_64bit_integers: 0, session_timezone: 'UTC', readonly: '2' } as const;
const WRITE_SETTINGS = { session_timezone: 'UTC', wait_end_of_query: 1 } as const;
const ROW_SETTINGS = { date_time_input_format: 'best_effort', input_format_skip_unknown_fields: 0 } as const;

/** {@link Store} over a ClickHouse server or cluster, by HTTP. */
export class ServerStore implements Store {
  readonly kind = 'server';
  readonly database: string;
  readonly #client: ClickHouseClient;
  readonly #writer: Lanes<ClickHouseClient>;
  readonly #longWriter: Lanes<ClickHouseClient>;
  readonly #readers: Lanes<ClickHouseClient>;
  #closing: Promise<void> | undefined;

  static async open(options: ServerStoreOptions): Promise<ServerStore> {
    // Without a database of its own, because a connection that names one that does not exist is refused.
    const client = connect(options.url, undefined);
    try {
      await createDatabase(client, options.database);
    } catch (cause) {
      throw storeFailure(cause, `Cannot open ClickHouse at ${options.url.host}`);
    } finally {
      await client.close();
    }
    return new ServerStore(options);
  }

  private constructor({ url, database }: ServerStoreOptions) {
    this.database = database;
    this.#client = connect(url, database);
    this.#writer = new Lanes([this.#client], WAITING_WRITES_MAX);
    this.#longWriter = new Lanes([this.#client], WAITING_WRITES_MAX);
    this.#readers = new Lanes(Array<ClickHouseClient>(READS_MAX).fill(this.#client), WAITING_READS_MAX);
  }

  async query<Row>(sql: string, params: QueryParams = {}, options: QueryOptions = {}): Promise<Row[]> {
    const executionSecondsMax = options.executionSecondsMax ?? 30;
    return this.#run(this.#readers, 'Cannot read', async (client) => {
      const result = await client.query({
        query: sql,
        query_params: { ...params },
        format: 'JSONEachRow',
        clickhouse_settings: { ...READ_SETTINGS, max_execution_time: executionSecondsMax },
        abort_signal: AbortSignal.timeout(executionSecondsMax * 1000 + READ_GRACE_MS),
      });
      return result.json<Row>();
    });
  }

  async queryBlocks(sql: string, params: QueryParams = {}, options: QueryOptions = {}): Promise<Uint8Array> {
    const executionSecondsMax = options.executionSecondsMax ?? 30;
    return this.#run(this.#readers, 'Cannot read', async (client) => {
      const { stream } = await client.exec({
        query: `${sql} FORMAT Native`,
        query_params: { ...params },
        clickhouse_settings: { ...READ_SETTINGS, max_execution_time: executionSecondsMax },
        abort_signal: AbortSignal.timeout(executionSecondsMax * 1000 + READ_GRACE_MS),
      });
      return bytesOf(stream);
    });
  }

  async command(sql: string, params: QueryParams = {}): Promise<void> {
    await this.#command(this.#writer, sql, params);
  }

  async longCommand(sql: string, params: QueryParams = {}): Promise<void> {
    await this.#command(this.#longWriter, sql, params);
  }

  async insertRows(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))] as [string, ...string[]];
    await this.#run(this.#writer, 'Cannot insert', (client) =>
      client.insert({
        table: `${this.database}.${table}`,
        columns,
        values: [...rows],
        format: 'JSONEachRow',
        clickhouse_settings: { ...WRITE_SETTINGS, ...ROW_SETTINGS },
      }),
    );
  }

  async insertBlocks(table: BlockTable, blocks: Blocks, batch: Batch): Promise<void> {
    if (isEmpty(blocks)) return;
    const source = `input(${stringLiteral(blockStructure(table))})`;
    const query = `${insertStatement(this.database, table, source, { ...batch, rows: rowsOf(blocks) })} FORMAT Native`;
    await this.#run(this.#writer, 'Cannot insert', async (client) => {
      const values = Readable.from(copiesOf(blocks), { objectMode: false });
      const { stream } = await client.exec({ query, values, clickhouse_settings: WRITE_SETTINGS });
      for await (const _ of stream) {
        // Read to the end: the server reports what failed late in the body of its answer.
      }
    });
  }

  /** They are sent as they are read: there is nothing to do beforehand. */
  async handOver(blocks: BlockSource): Promise<HandedOver> {
    return { rows: blocks.rows, pieces: () => blocks.pieces(), release: async () => {} };
  }

  /** A query, not the server's `/ping`, which answers before it knows whether we may do anything. */
  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  async close(): Promise<void> {
    this.#closing ??= Promise.all([this.#writer.drained(), this.#longWriter.drained(), this.#readers.drained()]).then(
      () => this.#client.close(),
    );
    await this.#closing;
  }

  async #command(lanes: Lanes<ClickHouseClient>, sql: string, params: QueryParams): Promise<void> {
    await this.#run(lanes, 'Cannot run a statement', (client) =>
      client.command({ query: sql, query_params: { ...params }, clickhouse_settings: WRITE_SETTINGS }),
    );
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

/** A socket may hold on to what it was given after it asked for more. */
async function* copiesOf(blocks: Blocks): AsyncGenerator<Buffer> {
  for await (const piece of piecesOf(blocks)) yield Buffer.concat(piece);
}

function connect(url: URL, database: string | undefined): ClickHouseClient {
  return createClient({
    url: `${url.protocol}//${url.host}`,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    ...(database === undefined ? {} : { database }),
    application: 'profiler',
    // Failures are thrown, and told by who asked; the client's own log would tell them twice.
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: COMMAND_TIMEOUT_MS,
    max_open_connections: READS_MAX + 3,
    compression: { request: false, response: true },
  });
}

/** Asks first: a user who may only use a database that an operator made has no right to create one. */
async function createDatabase(client: ClickHouseClient, database: string): Promise<void> {
  const result = await client.query({
    query: 'SELECT count() AS databases FROM system.databases WHERE name = {name:String}',
    query_params: { name: database },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ databases: number | string }>();
  if (Number(row?.databases) === 0) await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
}
