import { randomUUID } from 'node:crypto';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from 'chdb';
import type { EmbeddedEngine } from '../store/embedded-engine.ts';
import { Lanes } from '../store/lanes.ts';
import { splitStatements } from '../store/sql-tokens.ts';
import { exception } from './exception.ts';
import { formatOf } from './format-of.ts';
import { insertFromFile } from './insert-from-file.ts';
import { type InsertWithData, insertWithData } from './insert-with-data.ts';
import { type QuerySettings, sessionStatements } from './query-settings.ts';
import { checkReadSettings, checkResult, type ReadLimits, readLimitsStatement } from './read-limits.ts';
import { refusalOfRead } from './read-only.ts';
import { stopQuery } from './stop-query.ts';

export interface QueryRunnerOptions {
  readonly engine: EmbeddedEngine;
  /** Refuse whatever is not a read, hold reads to these limits, and refuse settings that lift one. @default none: all is allowed */
  readonly readOnly?: ReadLimits | undefined;
  /** Queries that run side by side; each holds a thread of Node's pool. @default 3 */
  readonly queriesMax?: number;
  /** Queries that may wait for a free place; the next is refused with "too many simultaneous queries". @default 128 */
  readonly waitingMax?: number;
  /** A query that waited longer for its place is refused likewise, in milliseconds. @default 30 s */
  readonly waitMsMax?: number;
}

export interface Answer {
  readonly bytes: Uint8Array;
  readonly format: string;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly elapsedSeconds: number;
}

/**
 * Runs one request in a session of its own, so that neither its settings nor its parameters outlive it: opening one on
 * the engine of this process costs under a millisecond.
 */
export class QueryRunner {
  readonly #engine: EmbeddedEngine;
  readonly #readOnly: ReadLimits | undefined;
  readonly #waitMsMax: number;
  readonly #lanes: Lanes<undefined>;
  #running = 0;
  #asked = 0;
  #tableFunctions: ReadonlySet<string> | undefined;

  constructor(options: QueryRunnerOptions) {
    this.#engine = options.engine;
    this.#readOnly = options.readOnly;
    this.#waitMsMax = options.waitMsMax ?? 30_000;
    this.#lanes = new Lanes(Array<undefined>(options.queriesMax ?? 3).fill(undefined), options.waitingMax ?? 128);
  }

  /**
   * `text` is the statement, as far as the rows that `data` brings; one of them may be in the other's place. When
   * `gone` aborts, what has not begun is not run, and a read that runs is stopped.
   */
  async run(
    text: string,
    data: Uint8Array,
    settings: QuerySettings,
    reading: boolean,
    gone: AbortSignal = NEVER,
  ): Promise<Answer> {
    const refuse = () => exception(202, 'Too many simultaneous queries', 'TOO_MANY_SIMULTANEOUS_QUERIES');
    const askedMs = Date.now();
    this.#asked += 1;
    const running = this.#lanes.run(async () => {
      if (gone.aborted) throw exception(394, 'Query was cancelled: its client has gone', 'QUERY_WAS_CANCELLED');
      if (Date.now() - askedMs > this.#waitMsMax) throw refuse();
      const session = this.#engine.session();
      this.#running += 1;
      try {
        return await this.#runIn(session, text, data, settings, reading, gone);
      } finally {
        this.#running -= 1;
        session.close();
      }
    }, refuse);
    return running.finally(() => {
      this.#asked -= 1;
    });
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#asked - this.#running;
  }

  async drained(): Promise<void> {
    await this.#lanes.drained();
  }

  async #runIn(
    session: Session,
    text: string,
    data: Uint8Array,
    settings: QuerySettings,
    reading: boolean,
    gone: AbortSignal,
  ): Promise<Answer> {
    const limited = this.#readOnly;
    if (limited !== undefined) checkReadSettings(settings);
    const preparation = sessionStatements(settings);
    if (preparation.length > 0) await session.queryAsync(preparation.join('; '));
    const insert =
      limited !== undefined || readonlySetting(settings, reading) !== undefined ? undefined : insertWithData(text);
    if (insert !== undefined) return this.#insert(session, text, insert, data);
    const sql = data.length === 0 ? text : `${text}\n${Buffer.from(data).toString('utf8')}`;
    if (splitStatements(sql).length > 1) throw exception(62, 'Multi-statements are not allowed', 'SYNTAX_ERROR');
    if (limited !== undefined) {
      this.#tableFunctions ??= await readTableFunctions(session);
      const refusal = refusalOfRead(sql, this.#tableFunctions);
      if (refusal !== undefined) throw exception(164, `This port is read-only: ${refusal}`, 'READONLY');
    }
    const mark = randomUUID();
    const limits =
      limited === undefined ? readonlySetting(settings, reading) : readLimitsStatement(settings, limited, mark);
    // Last, because a session that reads only lets nobody set anything any more.
    if (limits !== undefined) await session.queryAsync(limits);
    const format = formatOf(sql) ?? settings.format;
    const query = session.queryAsync(sql, { format });
    const result = await (limited === undefined ? query : this.#stoppable(query, mark, gone));
    const bytes = result.bytes();
    if (limited !== undefined) checkResult(bytes.length, limited);
    return {
      bytes,
      format,
      readRows: result.rowsRead,
      readBytes: result.bytesRead,
      writtenRows: 0,
      elapsedSeconds: result.elapsed,
    };
  }

  async #stoppable<Result>(query: Promise<Result>, mark: string, gone: AbortSignal): Promise<Result> {
    let isOver = false;
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping = stopQuery(this.#engine, mark, () => isOver).catch(() => {});
    };
    gone.addEventListener('abort', stop, { once: true });
    // It may have aborted before anybody listened.
    if (gone.aborted) stop();
    try {
      return await query;
    } finally {
      isOver = true;
      gone.removeEventListener('abort', stop);
      await stopping;
    }
  }

  async #insert(session: Session, text: string, insert: InsertWithData, data: Uint8Array): Promise<Answer> {
    const path = join(this.#engine.handoverDirectory, randomUUID());
    const inline = Buffer.from(text.slice(insert.dataStart));
    try {
      await writeFile(path, inline.length === 0 ? data : Buffer.concat([inline, data]));
      const result = await session.queryAsync(await insertFromFile(session, insert, path), { format: 'JSONEachRow' });
      return {
        bytes: new Uint8Array(),
        format: insert.format,
        readRows: result.rowsRead,
        readBytes: result.bytesRead,
        writtenRows: result.rowsRead,
        elapsedSeconds: result.elapsed,
      };
    } finally {
      await unlink(path).catch(() => {});
    }
  }
}

const NEVER = new AbortController().signal;

/** GET is for reading, whatever it asks for. */
function readonlySetting({ readonly }: QuerySettings, reading: boolean): string | undefined {
  if (readonly === '1') return 'SET readonly = 1';
  return reading || readonly === '2' ? 'SET readonly = 2' : undefined;
}

async function readTableFunctions(session: Session): Promise<ReadonlySet<string>> {
  const result = await session.queryAsync('SELECT lower(name) FROM system.table_functions', { format: 'TSV' });
  return new Set(result.text().split('\n').filter(Boolean));
}
