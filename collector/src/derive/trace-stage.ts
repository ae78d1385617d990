import type { Store } from '../store/store.ts';
import { type Arrival, Arrivals } from './arrivals.ts';
import { type DerivedTrace, deriveTrace } from './derive-trace.ts';
import { loadTraces } from './load-traces.ts';
import { retractSuperseded } from './retract-superseded.ts';
import { RowWriter } from './row-writer.ts';
import { type SpanArrival, selectLogArrivals, selectSpanArrivals } from './select-arrivals.ts';
import { type Candidate, selectLogCandidates, selectSpanCandidates, selectUnattributed } from './select-candidates.ts';
import { WAITING_MS_MAX, WaitingTraces } from './waiting-traces.ts';

/** Spans whose arrival one run works on; what is beyond waits for the next, which follows at once. */
const ROWS_PER_RUN_MAX = 100_000;
const ARRIVALS_PER_RUN_MAX = 400;
/** Traces loaded by one query: their ids travel in its URL. */
const TRACES_PER_LOAD = 200;
const POSTPONED_TRACES_MAX = 50_000;
/**
 * After this many times the quiet time, a trace that never goes quiet is derived all the same, and a log record's span
 * that has not come is taken not to come.
 */
const PATIENCE_QUIET_TIMES = 15;
/** How far from a trace's known times the rest of it is looked for, when something is missing. */
const WIDE_MARGIN_MS = 60 * 60_000;

export const POSITIONS = ['derive_spans', 'derive_logs', 'derive_settled_logs'] as const;

export interface TraceRun {
  readonly traces: number;
  readonly requestQueries: number;
  readonly exceptions: number;
  readonly oversized: number;
  /** Rows that arrived and were left for the next run, although their time had come. */
  readonly backlog: number;
}

export interface TraceStageOptions {
  readonly store: Store;
  /** As recorded, by the names of {@link POSITIONS}. */
  readonly positionsMs: ReadonlyMap<string, number>;
  /** Time of insertion of rows, later each time it is asked for. */
  readonly stampMs: () => number;
}

/**
 * From stored spans and log exceptions to rows of `request_queries` and `exceptions`, trace by trace, once it has gone
 * quiet; again whenever more of it arrives.
 */
export class TraceStage {
  readonly waiting = new WaitingTraces();
  readonly #store: Store;
  readonly #stampMs: () => number;
  readonly #spans: Arrivals;
  readonly #logs: Arrivals;
  readonly #settledLogs: Arrivals;
  readonly #postponed = new Map<string, number>();
  #isFirstRun = true;

  constructor({ store, positionsMs, stampMs }: TraceStageOptions) {
    this.#store = store;
    this.#stampMs = stampMs;
    const [spans, logs, settledLogs] = POSITIONS.map((name) => new Arrivals(positionsMs.get(name) ?? 0));
    this.#spans = spans!;
    this.#logs = logs!;
    this.#settledLogs = settledLogs!;
  }

  get positionsMs(): Map<string, number> {
    const positions = [this.#spans, this.#logs, this.#settledLogs].map((arrivals) => arrivals.positionMs);
    return new Map(POSITIONS.map((name, index) => [name, positions[index]!]));
  }

  /** @param quietMs what arrived later than this ago is left for a later run */
  async run(nowMs: number, quietMs: number, _isUrgent: boolean): Promise<TraceRun> {
    const store = this.#store;
    const quietSinceMs = nowMs - quietMs;
    const settledBeforeMs = nowMs - quietMs * PATIENCE_QUIET_TIMES;

    const spans = split(this.#spans.fresh(await selectSpanArrivals(store, this.#spans.fromMs)), quietSinceMs);
    const logsSeen = await selectLogArrivals(store, Math.min(this.#logs.fromMs, this.#settledLogs.fromMs));
    const logs = split(this.#logs.fresh(since(logsSeen, this.#logs.fromMs)), quietSinceMs);
    const settled = split(this.#settledLogs.fresh(since(logsSeen, this.#settledLogs.fromMs)), settledBeforeMs);

    const candidates = new Map<string, Candidate>();
    if (this.#isFirstRun) {
      const waitingSinceMs = Math.max(0, this.#spans.fromMs - WAITING_MS_MAX);
      for (const candidate of await selectUnattributed(store, waitingSinceMs, this.#spans.fromMs))
        add(candidates, candidate);
    }
    if (spans.taken.length > 0) {
      const waitingSinceMs = this.#waitingSinceMs(spans.taken);
      for (const candidate of await selectSpanCandidates(store, spans.taken, { quietSinceMs, waitingSinceMs })) {
        if (!this.#postpones(candidate, settledBeforeMs)) add(candidates, candidate);
      }
    }
    for (const arrivals of [logs.taken, settled.taken]) {
      if (arrivals.length === 0) continue;
      for (const candidate of await selectLogCandidates(store, arrivals)) add(candidates, candidate);
    }
    const rows = new RowWriter(store, this.#stampMs);
    const oversized = await this.#derive([...candidates.values()], settledBeforeMs, rows);
    await rows.flush();

    this.#spans.done(spans.taken, spans.rest);
    this.#logs.done(logs.taken, logs.rest);
    this.#settledLogs.done(settled.taken, settled.rest);
    this.waiting.expire(nowMs);
    this.#isFirstRun = false;
    const { queries: requestQueries, exceptions } = rows;
    return {
      traces: candidates.size - oversized,
      requestQueries,
      exceptions,
      oversized,
      backlog: spans.backlog + logs.backlog,
    };
  }

  /** @returns how many traces were too large */
  async #derive(candidates: readonly Candidate[], settledBeforeMs: number, rows: RowWriter): Promise<number> {
    let oversized = 0;
    for (let first = 0; first < candidates.length; first += TRACES_PER_LOAD) {
      const chunk = candidates.slice(first, first + TRACES_PER_LOAD);
      const incomplete = await this.#deriveChunk(chunk, settledBeforeMs, rows, 0);
      oversized += incomplete.oversized;
      if (incomplete.traces.length > 0)
        await this.#deriveChunk(incomplete.traces, settledBeforeMs, rows, WIDE_MARGIN_MS);
    }
    return oversized;
  }

  /** @returns the traces in which something could not be attributed */
  async #deriveChunk(chunk: readonly Candidate[], settledBeforeMs: number, rows: RowWriter, extraMarginMs: number) {
    const byId = new Map(chunk.map((candidate) => [candidate.traceId, candidate]));
    const extent = {
      fromMs: Math.min(...chunk.map((candidate) => candidate.fromMs)),
      untilMs: Math.max(...chunk.map((candidate) => candidate.untilMs)),
    };
    const loaded = await loadTraces(this.#store, [...byId.keys()], extent, { settledBeforeMs, extraMarginMs });
    const traces: Candidate[] = [];
    const superseding: DerivedTrace[] = [];
    for (const trace of loaded.traces) {
      const derived = deriveTrace(trace);
      if (derived.superseded.length > 0) superseding.push(derived);
      const candidate = byId.get(trace.traceId)!;
      if (derived.unattributed > 0) traces.push(candidate);
      this.waiting.note(trace.traceId, derived.unattributed, candidate.sinceMs);
      rows.add(derived);
      if (rows.isFull) await rows.flush();
    }
    if (superseding.length > 0) {
      await rows.flush();
      await retractSuperseded(this.#store, superseding, this.#stampMs);
    }
    return { traces, oversized: loaded.oversized.length };
  }

  /** A trace that is still arriving comes again with what arrived last, unless that goes on for too long. */
  #postpones(candidate: Candidate, patientSinceMs: number): boolean {
    const { traceId, active, sinceMs } = candidate;
    const postponedSinceMs = this.#postponed.get(traceId) ?? sinceMs;
    const isPostponed =
      active === 1 && postponedSinceMs > patientSinceMs && this.#postponed.size < POSTPONED_TRACES_MAX;
    if (isPostponed) this.#postponed.set(traceId, postponedSinceMs);
    else this.#postponed.delete(traceId);
    return isPostponed;
  }

  /** Nobody waits, or nothing came that could be waited for: then the search for those who wait is saved. */
  #waitingSinceMs(taken: readonly SpanArrival[]): number | undefined {
    return taken.some((arrival) => arrival.instrumented > 0) ? this.waiting.sinceMs : undefined;
  }
}

interface Split<A> {
  readonly taken: A[];
  /** All others. */
  readonly rest: A[];
  /** Rows among them whose time has come. */
  readonly backlog: number;
}

/** Takes, oldest first, what arrived until then, as far as the bounds of a run allow; at least one. */
function split<A extends Arrival>(fresh: readonly A[], untilMs: number): Split<A> {
  const taken: A[] = [];
  const rest: A[] = [];
  let rows = 0;
  let backlog = 0;
  for (const arrival of fresh) {
    const isReady = arrival.atMs <= untilMs;
    const hasRoom =
      taken.length === 0 || (rows + arrival.rows <= ROWS_PER_RUN_MAX && taken.length < ARRIVALS_PER_RUN_MAX);
    if (isReady && hasRoom && backlog === 0) {
      taken.push(arrival);
      rows += arrival.rows;
    } else {
      rest.push(arrival);
      if (isReady) backlog += arrival.rows;
    }
  }
  return { taken, rest, backlog };
}

function since(arrivals: readonly Arrival[], fromMs: number): Arrival[] {
  return arrivals.filter((arrival) => arrival.atMs >= fromMs);
}

function add(candidates: Map<string, Candidate>, candidate: Candidate): void {
  const known = candidates.get(candidate.traceId) ?? candidate;
  candidates.set(candidate.traceId, {
    ...candidate,
    sinceMs: Math.min(known.sinceMs, candidate.sinceMs),
    fromMs: Math.min(known.fromMs, candidate.fromMs),
    untilMs: Math.max(known.untilMs, candidate.untilMs),
  });
}
