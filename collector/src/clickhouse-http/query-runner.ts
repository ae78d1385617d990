import { randomUUID } from 'node:crypto';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from 'chdb';
import type { EmbeddedEngine } from '../store/embedded-engine.ts';
import { Lanes } from '../store/lanes.ts';
import { isSymbol, isWord, splitStatements, sqlTokens } from '../store/sql-tokens.ts';
import { exception } from './exception.ts';
import { insertFromFile } from './insert-from-file.ts';
import { type InsertWithData, insertWithData } from './insert-with-data.ts';
import { type QuerySettings, sessionStatements } from './query-settings.ts';
import { refusalOfRead } from './read-only.ts';

export interface QueryRunnerOptions {
  readonly engine: EmbeddedEngine;
  /** Refuse whatever is not a read, and settings that lift a limit. @default false */
  readonly readOnly?: boolean;
  /** Queries that run side by side; each holds a thread of Node's pool. @default 3 */
  readonly queriesMax?: number;
  /** Queries that may wait for a free place; the next is refused with "too many simultaneous queries". @default 128 */
  readonly waitingMax?: number;
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
  readonly #readOnly: boolean;
  readonly #lanes: Lanes<undefined>;
  #tableFunctions: ReadonlySet<string> | undefined;

  constructor(options: QueryRunnerOptions) {
    this.#engine = options.engine;
    this.#readOnly = options.readOnly ?? false;
    this.#lanes = new Lanes(Array<undefined>(options.queriesMax ?? 3).fill(undefined), options.waitingMax ?? 128);
  }

  /** `text` is the statement, as far as the rows that `data` brings; one of them may be in the other's place. */
  async run(text: string, data: Uint8Array, settings: QuerySettings, reading: boolean): Promise<Answer> {
    const refuse = () => exception(202, 'Too many simultaneous queries', 'TOO_MANY_SIMULTANEOUS_QUERIES');
    return this.#lanes.run(async () => {
      const session = this.#engine.session();
      try {
        return await this.#runIn(session, text, data, settings, reading);
      } finally {
        session.close();
      }
    }, refuse);
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
  ): Promise<Answer> {
    if (this.#readOnly) this.#checkSettings(settings);
    const preparation = sessionStatements(settings);
    if (preparation.length > 0) await session.queryAsync(preparation.join('; '));
    const insert =
      this.#readOnly || readonlySetting(settings, reading) !== undefined ? undefined : insertWithData(text);
    if (insert !== undefined) return this.#insert(session, text, insert, data);
    const sql = data.length === 0 ? text : `${text}\n${Buffer.from(data).toString('utf8')}`;
    if (splitStatements(sql).length > 1) throw exception(62, 'Multi-statements are not allowed', 'SYNTAX_ERROR');
    if (this.#readOnly) {
      this.#tableFunctions ??= await readTableFunctions(session);
      const refusal = refusalOfRead(sql, this.#tableFunctions);
      if (refusal !== undefined) throw exception(164, `This port is read-only: ${refusal}`, 'READONLY');
    }
    const limits = this.#readOnly ? readOnlyLimits(settings) : readonlySetting(settings, reading);
    // Last, because a session that reads only lets nobody set anything any more.
    if (limits !== undefined) await session.queryAsync(limits);
    const format = formatOf(sql) ?? settings.format;
    const result = await session.queryAsync(sql, { format });
    return {
      bytes: result.bytes(),
      format,
      readRows: result.rowsRead,
      readBytes: result.bytesRead,
      writtenRows: 0,
      elapsedSeconds: result.elapsed,
    };
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

  #checkSettings({ settings }: QuerySettings): void {
    for (const name of settings.keys()) {
      if (READ_ONLY_SETTINGS.test(name)) continue;
      throw exception(164, `Cannot modify '${name}' setting: this port is read-only`, 'READONLY');
    }
  }
}

/**
 * Lift no limit and name no file: how an answer looks, and how much less may be read than we allow. By name, because
 * among those that look alike, `output_format_schema` writes a file and `format_template_row` reads one.
 */
const READ_ONLY_SETTINGS =
  /^(?:(?:output_format_(?:json|pretty|csv|tsv|native|arrow|parquet|xml)|format_(?:csv|tsv))_\w+|output_format_(?:write_statistics|decimal_trailing_zeros)|date_time_output_format|session_timezone|join_use_nulls|max_result_rows|max_result_bytes|result_overflow_mode|extremes|max_execution_time)$/;

const READ_ONLY_SECONDS_MAX = 60;

/** GET is for reading, whatever it asks for. */
function readonlySetting({ readonly }: QuerySettings, reading: boolean): string | undefined {
  if (readonly === '1') return 'SET readonly = 1';
  return reading || readonly === '2' ? 'SET readonly = 2' : undefined;
}

function readOnlyLimits({ settings }: QuerySettings): string {
  const asked = Number(settings.get('max_execution_time') ?? READ_ONLY_SECONDS_MAX);
  const seconds = asked > 0 && asked < READ_ONLY_SECONDS_MAX ? asked : READ_ONLY_SECONDS_MAX;
  return `SET max_execution_time = ${seconds}, max_memory_usage = 1073741824, max_threads = 2, readonly = 1`;
}

async function readTableFunctions(session: Session): Promise<ReadonlySet<string>> {
  const result = await session.queryAsync('SELECT lower(name) FROM system.table_functions', { format: 'TSV' });
  return new Set(result.text().split('\n').filter(Boolean));
}

/** The statement's own `FORMAT Name`, where it has one outside parentheses. */
function formatOf(sql: string): string | undefined {
  let depth = 0;
  let format: string | undefined;
  let awaited = false;
  for (const token of sqlTokens(sql)) {
    if (awaited && token.kind === 'word') format = token.text;
    awaited = depth === 0 && isWord(token, 'FORMAT');
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
  }
  return format;
}
