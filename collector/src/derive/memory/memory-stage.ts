import type { ArrivalClock } from '../../store/arrival-clock.ts';
import { type Blocks, piecesOf } from '../../store/block-source.ts';
import type { Store } from '../../store/store.ts';
import { deriveTrace } from '../derive-trace.ts';
import { SPANS_PER_TRACE_MAX } from '../load-traces.ts';
import { RowWriter } from '../row-writer.ts';
import { POSITIONS, type TraceRun } from '../trace-stage.ts';
import { WAITING_MS_MAX, WaitingTraces } from '../waiting-traces.ts';
import { Breather } from './breather.ts';
import { ColdQueue } from './cold-queue.ts';
import { addEarlierTraces } from './earlier-traces.ts';
import type { Insertion } from './insertion.ts';
import type { MemoryLimits } from './memory-limits.ts';
import { readArrivals, selectUntaken } from './read-blocks.ts';
import { RoomQueue } from './room-queue.ts';
import { SeenTraces } from './seen-traces.ts';
import { SpanMemory } from './span-memory.ts';
import { TakenMoments } from './taken-moments.ts';
import { Untaken } from './untaken.ts';

/** As at decode: a span further ahead of the collector's clock is refused. */
const AHEAD_MS_MAX = 10 * 60_000;
/** A trace that never goes quiet is derived after this many times the quiet time; so long its span is waited for by a log record. */
const PATIENCE_QUIET_TIMES = 15;
const ROWS_MAX = 400_000;
const TRACES_MAX = 150_000;
/** Rows read from the store at once. */
const ROWS_PER_RANGE_MAX = 50_000;
/** Rows read from the store in one run; what is beyond waits for the next, which follows at once. */
const UNTAKEN_ROWS_PER_RUN_MAX = 200_000;

export interface MemoryStageOptions extends MemoryLimits {
  readonly store: Store;
  readonly clock: ArrivalClock;
  /** As recorded, by the names of `POSITIONS`; asked once, when the stage first runs. */
  readonly readPositionMs: (name: string) => Promise<number>;
  readonly onInserted: (minutes: ReadonlySet<number>, insertedAtMs: number) => void;
}

/**
 * From what this process stores to rows of `request_queries` and `exceptions`, without reading it back: the stage keeps what
 * was stored last in memory, and derives a trace from there once it has gone quiet, again whenever more of it arrives. Memory
 * is trusted only with a trace that is there whole ({@link #isWhole}); another is read from the store.
 *
 *     stored ─► memory ─► quiet and whole ───────────► rows
 *        └─no room─► untaken ─► memory   └─not whole─► cold ─► read by id ─► rows
 */
export class MemoryStage {
  readonly waiting = new WaitingTraces();
  readonly #store: Store;
  readonly #clock: ArrivalClock;
  readonly #memory: SpanMemory;
  readonly #seen: SeenTraces;
  readonly #untaken: Untaken;
  readonly #cold: ColdQueue;
  readonly #rows: RowWriter;
  readonly #readPositionMs: MemoryStageOptions['readPositionMs'];
  readonly #moments: TakenMoments;
  /** Insertions are told in order, and taken in order, though one may wait for room. */
  readonly #arriving: RoomQueue;
  #hasOpened = false;
  /** Whether the last run went well: who inserts does not wait for one that cannot. */
  #isWorking = false;
  #hasEarlier = false;
  #lastTakenMs = 0;
  /** Insertions are taken one after the other, whoever brings them. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({
    store,
    clock,
    readPositionMs,
    onInserted,
    rowsMax = ROWS_MAX,
    roomWaitMs = 10_000,
    seen,
  }: MemoryStageOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#rows = new RowWriter(store, () => clock.next(), onInserted);
    this.#moments = new TakenMoments(clock.startedAtMs);
    this.#arriving = new RoomQueue({
      hasRoom: (rows) => rows > rowsMax || !this.#isWorking || (this.#isTrusted && this.#memory.hasRoomFor(rows)),
      waitMs: roomWaitMs,
    });
    this.#readPositionMs = readPositionMs;
    this.#untaken = new Untaken(Math.min(ROWS_PER_RANGE_MAX, Math.ceil(rowsMax / 4)));
    this.#cold = new ColdQueue(store, this.waiting, () => clock.next());
    this.#seen = new SeenTraces(seen);
    this.#memory = new SpanMemory({
      rowsMax,
      tracesMax: Math.min(TRACES_MAX, rowsMax),
      isPartial: (id, at) => this.#seen.has(id, at),
      onGone: (id, at, seenAtMs) => this.#seen.add(id, at, seenAtMs),
      isAwaited: (trace) => this.#isAwaited(trace),
    });
  }

  get positionsMs(): Map<string, number> {
    let positionMs = this.#untaken.first === undefined ? this.#lastTakenMs : this.#untaken.first.fromMs - 1;
    const { pending, pendingCount, traces } = this.#memory;
    for (let at = 0; at < pendingCount; at++) positionMs = Math.min(positionMs, traces.sinceMs[pending[at]!]! - 1);
    positionMs = Math.min(positionMs, this.#cold.sinceMs - 1);
    const settledMs = Math.min(positionMs, this.#cold.settlingSinceMs - 1);
    return new Map(POSITIONS.map((name) => [name, name === 'derive_settled_logs' ? settledMs : positionMs]));
  }

  /**
   * Takes what was stored; in slices, so that the main thread stays free. Waits for room, a while: so what is stored faster than
   * it is derived waits in the spool.
   */
  async stored({ table, rows, blocks, insertedAtMs }: Insertion): Promise<void> {
    if (table !== 'spans' && table !== 'log_exceptions') return;
    const takeOrLeave = async () => {
      let isTaken = false;
      try {
        const canTake = this.#isTrusted && this.#memory.hasRoomFor(rows);
        isTaken = canTake && (await this.#take(table, blocks, insertedAtMs, performance.now()));
      } finally {
        if (!isTaken) this.#untaken.add({ table, fromMs: insertedAtMs, untilMs: insertedAtMs, rows });
      }
    };
    await this.#arriving.run(rows, () => this.#inTurn(takeOrLeave));
  }

  async run(nowMs: number, quietMs: number, isUrgent: boolean): Promise<TraceRun> {
    try {
      const result = await this.#work(nowMs, quietMs, isUrgent);
      this.#isWorking = true;
      return result;
    } catch (cause) {
      this.#isWorking = false;
      throw cause;
    } finally {
      this.#arriving.lookAgain();
    }
  }

  async #work(nowMs: number, quietMs: number, isUrgent: boolean): Promise<TraceRun> {
    if (!this.#hasOpened) await this.#open();
    await this.#takeUntaken(nowMs);
    const patienceMs = quietMs * PATIENCE_QUIET_TIMES;
    const rows = this.#rows;
    rows.discard();
    const before = { queries: rows.queries, exceptions: rows.exceptions };
    const hot = await this.#derivePending(quietMs, patienceMs, rows);
    const settledBeforeMs = this.#moments.insertedBy(patienceMs, this.#lastTakenMs);
    const cold = await this.#cold.run({ settledBeforeMs, takenMs: this.#lastTakenMs, isUrgent }, rows);
    await rows.flush();
    for (const { trace, revision } of hot.done) {
      if (this.#memory.traces.revision[trace] === revision) this.#memory.release(trace);
    }
    cold.done();
    this.waiting.expire(nowMs);
    return {
      traces: hot.traces + cold.traces,
      requestQueries: rows.queries - before.queries,
      exceptions: rows.exceptions - before.exceptions,
      oversized: hot.oversized + cold.oversized,
      backlog: this.backlog,
    };
  }

  /** Rows and traces whose turn has come. */
  get backlog(): number {
    return this.#arriving.rowsWaiting + this.#untaken.rows + this.#cold.size;
  }

  /** Whether all that was told is in memory, or was. */
  get #isTrusted(): boolean {
    return this.#hasOpened && this.#untaken.first === undefined;
  }

  /** Derives what is quiet and whole, and passes on what is quiet and not. */
  async #derivePending(quietMs: number, patienceMs: number, rows: RowWriter) {
    const { traces, pending } = this.#memory;
    const quietSinceMs = performance.now() - quietMs;
    const patientSinceMs = performance.now() - patienceMs;
    const done: { readonly trace: number; readonly revision: number }[] = [];
    const counts = { traces: 0, oversized: 0 };
    const breather = new Breather();
    const waits = pending.slice(0, this.#memory.pendingCount);
    for (const trace of waits) {
      const isDue =
        traces.seenMs[trace]! <= quietSinceMs ||
        traces.waitingSinceMs[trace]! <= patientSinceMs ||
        this.#memory.isPressed(trace);
      if (!isDue) continue;
      const revision = traces.revision[trace]!;
      if (traces.rows[trace]! > SPANS_PER_TRACE_MAX) counts.oversized++;
      else if (this.#isWhole(trace)) {
        this.#derive(trace, rows);
        counts.traces++;
      } else if (!this.#cold.add(this.#coldTrace(trace))) continue;
      done.push({ trace, revision });
      if (rows.isFull) await rows.flush();
      if (breather.isDue) await breather.breathe();
    }
    return { ...counts, done };
  }

  #derive(trace: number, rows: RowWriter): void {
    const { traces } = this.#memory;
    const stored = this.#memory.trace(trace);
    const derived = deriveTrace(stored);
    const sinceMs = traces.sinceMs[trace]!;
    this.waiting.note(stored.traceId, derived.unattributed, sinceMs);
    if (derived.unattributed > 0) this.#cold.settleLater(stored, sinceMs, traces.seenAtMs[trace]!);
    rows.add(derived);
  }

  /**
   * Whether all that is stored of the requests in memory is in memory. What is not there left it, or came before this
   * process; either its trace is among those seen, or it arrived before `forgottenUntilMs`. In that second case it belongs to
   * no request that began later, and as no span is accepted that is more than ten minutes ahead of the clock, a trace all of
   * whose spans begin ten minutes after that moment has no such request. A trace with a log record that was given up is read
   * from the store, because a row may have to be taken back.
   */
  #isWhole(trace: number): boolean {
    const { isPartial, fromMs } = this.#memory.traces;
    if (this.#cold.alone.size > 0 && this.#cold.alone.has(this.#memory.traces.hexOf(trace))) return false;
    return isPartial[trace] === 0 && fromMs[trace]! > this.#seen.forgottenUntilMs + AHEAD_MS_MAX;
  }

  #coldTrace(trace: number) {
    const { traces } = this.#memory;
    return {
      traceId: traces.hexOf(trace),
      sinceMs: traces.sinceMs[trace]!,
      fromMs: Math.floor(traces.fromMs[trace]!),
      untilMs: Math.ceil(traces.untilMs[trace]!),
    };
  }

  /** What waited when the last process ended is not known by name: for a while every trace that it saw may have. */
  #isAwaited(trace: number): boolean {
    const { traces } = this.#memory;
    if (this.waiting.size > 0 && this.waiting.has(traces.hexOf(trace))) return true;
    const isSoonAfterStart = this.#lastTakenMs - this.#clock.startedAtMs < WAITING_MS_MAX;
    return this.#hasEarlier && isSoonAfterStart && traces.isPartial[trace] === 1;
  }

  async #open(): Promise<void> {
    const { startedAtMs } = this.#clock;
    const spans = await this.#readPositionMs('derive_spans');
    const logs = Math.min(await this.#readPositionMs('derive_logs'), await this.#readPositionMs('derive_settled_logs'));
    await addEarlierTraces(this.#store, this.#seen, spans + 1);
    const left = [
      ...(await selectUntaken(this.#store, 'spans', spans + 1, startedAtMs)),
      ...(await selectUntaken(this.#store, 'log_exceptions', logs + 1, startedAtMs)),
    ].sort((a, b) => a.fromMs - b.fromMs);
    await this.#inTurn(async () => {
      const later = this.#untaken.takeAll();
      for (const range of [...left, ...later]) this.#untaken.add(range);
      this.#hasEarlier = left.length > 0 || spans > 0;
      this.#lastTakenMs = Math.max(this.#lastTakenMs, spans);
      this.#hasOpened = true;
    });
  }

  /** Reads from the store what was left out, as far as there is room. */
  async #takeUntaken(nowMs: number): Promise<void> {
    for (let rows = 0; rows < UNTAKEN_ROWS_PER_RUN_MAX; ) {
      const range = this.#untaken.first;
      if (range === undefined) return;
      if (!this.#memory.hasRoomFor(range.rows)) return;
      const bytes = await readArrivals(this.#store, range);
      const isTaken = await this.#inTurn(() =>
        this.#take(range.table, [bytes], range.untilMs, performance.now() - Math.max(0, nowMs - range.untilMs)),
      );
      if (!isTaken) return;
      this.#untaken.removeFirst();
      rows += range.rows;
    }
  }

  async #take(
    table: 'spans' | 'log_exceptions',
    blocks: Blocks,
    insertedAtMs: number,
    seenMs: number,
  ): Promise<boolean> {
    const options = { insertedAtMs, areLogs: table === 'log_exceptions', seenMs };
    for await (const piece of piecesOf(blocks)) {
      for (const block of piece) if (!(await this.#memory.take(block, options))) return false;
    }
    this.#lastTakenMs = Math.max(this.#lastTakenMs, insertedAtMs);
    return true;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}
