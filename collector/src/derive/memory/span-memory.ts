import { isRepeatable, isSummarised } from '../call-flags.ts';
import type { StoredLogException, StoredSpan, StoredTrace } from '../stored-trace.ts';
import { Breather } from './breather.ts';
import { NativeReader } from './native-reader.ts';
import { Remembered } from './remembered.ts';
import { FLAG, RowColumns } from './row-columns.ts';
import { SpanColumns } from './span-columns.ts';
import { TextTable, type TextTableOptions } from './text-table.ts';
import { TraceIndex } from './trace-index.ts';

export interface SpanMemoryOptions {
  readonly rowsMax: number;
  readonly tracesMax: number;
  readonly texts?: TextTableOptions;
  /** Whether something of the trace is, or may be, in the store and not here. */
  readonly isPartial: (id: Uint32Array, at: number) => boolean;
  /** The last of a trace leaves; nothing of it came after `seenAtMs`. */
  readonly onGone: (id: Uint32Array, at: number, seenAtMs: number) => void;
  /** An instrumented entry span came whose own table says all, unless something waited for it. */
  readonly isAwaited: (trace: number) => boolean;
}

export interface TakeOptions {
  /** Time of insertion of the rows. */
  readonly insertedAtMs: number;
  /** Log records, not spans. */
  readonly areLogs: boolean;
  /** For the quiet time, by a clock that nobody sets. @default performance.now() */
  readonly seenMs?: number;
}

/**
 * The spans and log records that were stored last, in the order of their insertion, in a ring: what comes pushes out the
 * oldest, but never what waits to be derived. So there may be no room, and then it is said, and the
 * rows are read from the store later.
 *
 *     rows     ...ABACBDA|CCBE...     each chained to the one before of its trace
 *                 oldest^ ^newest
 */
export class SpanMemory {
  readonly traces: TraceIndex;
  /** Traces that wait, in `pending[0..pendingCount)`. */
  readonly pending: Int32Array;
  pendingCount = 0;
  readonly #rowsMax: number;
  readonly #rows: RowColumns;
  readonly #texts: TextTable;
  readonly #remembered: Remembered;
  readonly #columns = new SpanColumns();
  readonly #options: SpanMemoryOptions;
  #oldest = 0;
  #used = 0;
  /** Rows ever taken: the count by which texts are used. */
  #taken = 0;
  /** What {@link #taken} will be after the block that is taken. */
  #usedAt = 0;

  constructor(options: SpanMemoryOptions) {
    this.#options = options;
    this.#rowsMax = options.rowsMax;
    this.#rows = new RowColumns(options.rowsMax);
    this.#texts = new TextTable(options.texts);
    this.#remembered = new Remembered(this.#rows, this.#texts);
    this.traces = new TraceIndex(options.tracesMax);
    this.pending = new Int32Array(options.tracesMax);
  }

  get rows(): number {
    return this.#used;
  }

  /** One at a time. @returns false when there was no room for all of it */
  async take(bytes: Uint8Array, options: TakeOptions): Promise<boolean> {
    const reader = new NativeReader(bytes);
    const breather = new Breather();
    const seenMs = options.seenMs ?? performance.now();
    for (let start = reader.at; reader.nextBlock(); start = reader.at) {
      this.#usedAt = this.#taken + reader.rows;
      while (!(await this.#columns.read(reader, this.#texts, this.#usedAt, breather))) {
        if (!this.#makeRoomForTexts()) return false;
        reader.at = start;
        reader.nextBlock();
      }
      for (let row = 0; row < this.#columns.rows; row++) {
        if (!this.#append(row, options, seenMs)) return false;
        if ((row & 127) === 127 && breather.isDue) await breather.breathe();
      }
    }
    return true;
  }

  /** All of a trace that is here. */
  trace(trace: number): StoredTrace {
    const spans: StoredSpan[] = [];
    const logs: StoredLogException[] = [];
    let row = this.traces.lastRow[trace]!;
    for (let left = this.traces.rows[trace]!; left > 0; left--) {
      if ((this.#rows.flags[row]! & FLAG.log) !== 0) logs.push(this.#remembered.log(row));
      else spans.push(this.#remembered.span(row));
      row = this.#rows.before[row]!;
    }
    return { traceId: this.traces.hexOf(trace), spans, logs };
  }

  /** Whether so many rows can come without pushing out what waits. */
  hasRoomFor(rows: number): boolean {
    let room = this.#rowsMax - this.#used;
    for (let at = this.#oldest; room < rows && room < this.#rowsMax; at = (at + 1) % this.#rowsMax, room++) {
      if (this.#isHeld(this.#rows.trace[at]!, this.#taken + room - this.#rowsMax)) return false;
    }
    return room >= rows;
  }

  /** The trace is in the way of what comes: it waits in the older half of a memory that is nearly full. */
  isPressed(trace: number): boolean {
    if (this.#used < this.#rowsMax * 0.75) return false;
    return this.traces.pendingFrom[trace]! < this.#taken - this.#used / 2;
  }

  /** It waits no more; until it is released, nothing of it leaves that was not worked on. */
  release(trace: number): void {
    const at = this.traces.pendingAt[trace]!;
    if (at < 0) return;
    const last = this.pending[--this.pendingCount]!;
    this.pending[at] = last;
    this.traces.pendingAt[last] = at;
    this.traces.pendingAt[trace] = -1;
  }

  #append(row: number, options: TakeOptions, seenMs: number): boolean {
    const { traces } = this;
    const { traceId } = this.#columns;
    if (this.#used >= this.#rowsMax && !this.#evict()) return false;
    let trace = traces.find(traceId, row * 4);
    if (trace < 0) {
      while (traces.isFull) if (!this.#evict()) return false;
      trace = traces.add(traceId, row * 4);
      if (this.#options.isPartial(traceId, row * 4)) traces.isPartial[trace] = 1;
    }
    const at = (this.#oldest + this.#used) % this.#rowsMax;
    if (!this.#write(row, at, options.areLogs)) {
      if (traces.rows[trace] === 0) traces.remove(trace);
      // Texts of this block stay whatever goes; there is much room after this, or none at all.
      return this.#makeRoomForTexts() && this.#append(row, options, seenMs);
    }
    this.#chain(trace, at, row, options, seenMs);
    this.#used++;
    this.#taken++;
    return true;
  }

  #chain(trace: number, at: number, row: number, options: TakeOptions, seenMs: number): void {
    const { traces } = this;
    this.#rows.trace[at] = trace;
    this.#rows.before[at] = traces.lastRow[trace]!;
    traces.lastRow[trace] = at;
    traces.rows[trace]!++;
    traces.revision[trace]!++;
    traces.seenMs[trace] = seenMs;
    traces.seenAtMs[trace] = options.insertedAtMs;
    const { timestamp, durationNs } = this.#columns;
    const startMs = (timestamp[row * 2 + 1]! * 2 ** 32 + timestamp[row * 2]!) / 1e6;
    const endMs = startMs + durationNs[row]! / 1e6;
    if (startMs < traces.fromMs[trace]!) traces.fromMs[trace] = startMs;
    if (endMs > traces.untilMs[trace]!) traces.untilMs[trace] = endMs;
    if (traces.pendingAt[trace]! < 0 && this.#changes(trace, this.#rows.flags[at]!)) {
      traces.pendingAt[trace] = this.pendingCount;
      this.pending[this.pendingCount++] = trace;
      traces.sinceMs[trace] = options.insertedAtMs;
      traces.waitingSinceMs[trace] = seenMs;
      traces.pendingFrom[trace] = this.#taken;
    }
  }

  /**
   * Whether what came may change what is derived. An instrumented entry span and what is folded into it do not, unless
   * something of the trace is counted here and may have waited for them.
   */
  #changes(trace: number, flags: number): boolean {
    const isInTable = (flags & (FLAG.folded | FLAG.instrumented)) !== 0 && (flags & FLAG.log) === 0;
    if (isInTable) return this.traces.isCounted[trace] === 1 || this.#options.isAwaited(trace);
    this.traces.isCounted[trace] = 1;
    return true;
  }

  /** @returns false when a text found no room */
  #write(row: number, at: number, isLog: boolean): boolean {
    const { texts, bytes, spanId, parentSpanId, entrySpanId, fingerprint, timestamp, durationNs, valuesHash } =
      this.#columns;
    const rows = this.#rows;
    const isFolded = bytes.folded[row] === 1;
    const isEntry = bytes.entry[row] === 1;
    const high = row * 2;
    const origin = this.#tuple(texts.service[row]!, texts.environment[row]!, texts.version[row]!, texts.scope[row]!);
    const endpoint = isEntry ? this.#tuple(texts.method[row]!, texts.route[row]!) : 0;
    const isCall = !isFolded && (fingerprint[high]! | fingerprint[high + 1]!) !== 0;
    const query = isCall
      ? this.#tuple(texts.db_system[row]!, texts.query_text[row]!, fingerprint[high + 1]!, fingerprint[high]!)
      : this.#tuple(texts.db_system[row]!, 0, 0, 0);
    const extra = this.#tuple(
      texts.exception_type[row]!,
      texts.exception_message[row]!,
      isFolded ? 0 : texts.exception_stacktrace[row]!,
      entrySpanId[high]!,
      entrySpanId[high + 1]!,
      texts.loop_path[row]!,
    );
    if (origin < 0 || endpoint < 0 || query < 0 || extra < 0) return false;
    rows.origin[at] = origin;
    rows.endpoint[at] = endpoint;
    rows.query[at] = query;
    rows.extra[at] = extra;
    rows.name[at] = texts.name[row]!;
    rows.spanId[at * 2] = spanId[high]!;
    rows.spanId[at * 2 + 1] = spanId[high + 1]!;
    rows.parentSpanId[at * 2] = parentSpanId[high]!;
    rows.parentSpanId[at * 2 + 1] = parentSpanId[high + 1]!;
    rows.timestamp[at * 2] = timestamp[high]!;
    rows.timestamp[at * 2 + 1] = timestamp[high + 1]!;
    rows.durationNs[at] = durationNs[row]!;
    rows.valuesHash[at] = isCall ? valuesHash[row]! : 0;
    if (isLog) {
      rows.flags[at] = FLAG.log | (bytes.settled[row] === 1 ? FLAG.settled : 0);
      return true;
    }
    rows.flags[at] =
      (bytes.kind[row]! & FLAG.kind) |
      (isEntry ? FLAG.entry : 0) |
      (bytes.ignored[row] === 1 ? FLAG.ignored : 0) |
      (bytes.instrumented[row] === 1 ? FLAG.instrumented : 0) |
      (isFolded ? FLAG.folded : 0) |
      (isRepeatable(bytes.error[row]!, bytes.call_flags[row]!) ? FLAG.repeatable : 0) |
      (isSummarised(bytes.call_flags[row]!) ? FLAG.summarised : 0);
    return true;
  }

  #tuple(...ids: number[]): number {
    return ids.every((id) => id === 0) ? 0 : this.#texts.idOfTuple(ids, this.#usedAt);
  }

  /** Pushes out the oldest row; false when it waits, or there is none. */
  #evict(): boolean {
    if (this.#used === 0) return false;
    const trace = this.#rows.trace[this.#oldest]!;
    if (this.#isHeld(trace, this.#taken - this.#used)) return false;
    this.#oldest = this.#oldest + 1 === this.#rowsMax ? 0 : this.#oldest + 1;
    this.#used--;
    this.traces.isPartial[trace] = 1;
    if (--this.traces.rows[trace]! === 0) {
      this.#options.onGone(this.traces.id, trace * 4, this.traces.seenAtMs[trace]!);
      this.traces.remove(trace);
    }
    return true;
  }

  /**
   * Whether that row, the n-th taken, came since its trace waits. Those before were worked on already, and do not stay for what
   * comes late: the trace is then read from the store.
   */
  #isHeld(trace: number, n: number): boolean {
    return this.traces.pendingAt[trace]! >= 0 && n >= this.traces.pendingFrom[trace]!;
  }

  #makeRoomForTexts(): boolean {
    const target = this.#used / 2;
    while (this.#used > target && this.#evict()) {
      // Half of the rows, or as many as do not wait.
    }
    this.#remembered.forget();
    return this.#texts.sweep(this.#taken - this.#used);
  }
}
