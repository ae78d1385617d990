import { randomUUID } from 'node:crypto';
import type { Store } from '../store/store.ts';
import { BlockWriter } from './block-writer.ts';
import type { DerivedTrace } from './derive-trace.ts';
import { hexId } from './memory/span-id.ts';
import type { StoredLogException, StoredSpan } from './stored-trace.ts';

const UINT32_MAX = 0xffff_ffff;
/** Beyond this, what was collected is inserted before more is. */
const ROWS_PER_INSERT_MAX = 25_000;

/**
 * Collects derived rows and inserts them in blocks, each with its own time of insertion. Nothing is added while it
 * inserts. The only place that knows the columns of derived rows.
 */
export class RowWriter {
  queries = 0;
  exceptions = 0;
  readonly #store: Store;
  readonly #stampMs: () => number;
  readonly #onInserted: (minutes: ReadonlySet<number>, insertedAtMs: number) => void;
  readonly #queryRows = new BlockWriter('request_queries');
  readonly #exceptionRows = new BlockWriter('exceptions');
  #minutes = new Set<number>();

  /**
   * @param stampMs later each time it is asked: of two rows of one key the one inserted last stands
   * @param onInserted called with the minutes (epoch seconds) of requests whose queries were inserted
   */
  constructor(
    store: Store,
    stampMs: () => number,
    onInserted: (minutes: ReadonlySet<number>, insertedAtMs: number) => void = () => {},
  ) {
    this.#store = store;
    this.#stampMs = stampMs;
    this.#onInserted = onInserted;
  }

  get isFull(): boolean {
    return this.#queryRows.rows + this.#exceptionRows.rows >= ROWS_PER_INSERT_MAX;
  }

  add({ traceId, queries, exceptions }: DerivedTrace): void {
    for (const { entry, query } of queries) {
      const { columns } = this.#queryRows;
      const startNs = BigInt(entry.startTimeUnixNano);
      this.#minutes.add(Number(startNs / 60_000_000_000n) * 60);
      columns.timestamp.u64(startNs);
      columns.trace_id.text(traceId);
      columns.entry_span_id.text(hexId(query.entrySpanId));
      columns.source.text('derived');
      columns.service.text(entry.service);
      columns.environment.text(entry.environment);
      columns.version.text(entry.version);
      columns.method.text(entry.method);
      columns.route.text(entry.route);
      columns.request_duration_ns.number(entry.durationNs);
      columns.fingerprint.hash(query.fingerprint);
      columns.loop_path.text(query.loopPath);
      columns.db_system.text(query.dbSystem);
      columns.query_text.text(query.queryText);
      columns.calls.u32(Math.min(query.calls, UINT32_MAX));
      columns.repeats.u32(Math.min(query.repeats, UINT32_MAX));
      columns.duration_ns.number(query.durationNs);
      columns.duration_ns_max.number(query.durationNsMax);
      columns.code_file_path.text('');
      columns.code_line_number.u32(0);
      columns.code_function_name.text('');
      columns.distinct_values.u32(query.distinctValues);
      this.#queryRows.endRow();
    }
    for (const { entry, exception } of exceptions) {
      const { columns } = this.#exceptionRows;
      const { service, environment, version } = entry ?? (exception.recording as StoredSpan | StoredLogException);
      // The request's own start: the same whichever recording wins, so that a row replaces its predecessor.
      columns.timestamp.u64(BigInt(entry?.startTimeUnixNano ?? exception.timeUnixNano));
      columns.trace_id.text(traceId);
      columns.occurrence_id.text(hexId(exception.occurrenceId));
      columns.exception_key.hash(exception.key);
      columns.service.text(service);
      columns.environment.text(environment);
      columns.version.text(version);
      columns.method.text(entry?.method ?? '');
      columns.route.text(entry?.route ?? '');
      columns.exception_type.text(exception.exceptionType);
      columns.exception_message.text(exception.exceptionMessage);
      columns.exception_stacktrace.text(exception.exceptionStacktrace);
      this.#exceptionRows.endRow();
    }
  }

  /** Forgets what a run that failed had collected: it is derived again. */
  discard(): void {
    this.#queryRows.clear();
    this.#exceptionRows.clear();
    this.#minutes.clear();
  }

  async flush(): Promise<void> {
    const minutes = this.#minutes;
    this.#minutes = new Set();
    const queriesAtMs = await this.#insert('request_queries', this.#queryRows);
    if (queriesAtMs !== undefined) this.#onInserted(minutes, queriesAtMs);
    await this.#insert('exceptions', this.#exceptionRows);
  }

  /** @returns when, undefined when there was nothing to insert */
  async #insert(
    table: 'request_queries' | 'exceptions',
    block: BlockWriter<'request_queries'> | BlockWriter<'exceptions'>,
  ): Promise<number | undefined> {
    const { rows } = block;
    if (rows === 0) return undefined;
    const insertedAtMs = this.#stampMs();
    try {
      const batch = { id: '0', deduplicationToken: randomUUID(), insertedAtMs };
      await this.#store.insertBlocks(table, block, batch);
    } finally {
      // What could not be inserted is derived again.
      block.clear();
    }
    if (table === 'request_queries') this.queries += rows;
    else this.exceptions += rows;
    return insertedAtMs;
  }
}
