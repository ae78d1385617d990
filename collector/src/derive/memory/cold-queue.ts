import type { Store } from '../../store/store.ts';
import { type DerivedTrace, deriveTrace } from '../derive-trace.ts';
import { retractSuperseded } from '../retract-superseded.ts';
import type { RowWriter } from '../row-writer.ts';
import type { StoredTrace } from '../stored-trace.ts';
import type { WaitingTraces } from '../waiting-traces.ts';
import { type ColdTrace, loadColdTraces } from './cold-traces.ts';

const TRACES_MAX = 50_000;
const SETTLING_TRACES_MAX = 10_000;
const ALONE_TRACES_MAX = 50_000;
/** Traces read at once. */
const TRACES_PER_RUN_MAX = 2_000;
/** Reading takes at most a fifth of the time, so that storing is not held up by it. */
const REST_TIMES_DURATION = 4;

export interface ColdRun {
  /** A log record inserted until then whose span has not come is taken not to have one. */
  readonly settledBeforeMs: number;
  /** Time of the last insertion of which it is known. */
  readonly takenMs: number;
  /** Do not rest, however long the last reading took. */
  readonly isUrgent: boolean;
}

/** Traces that have to be read from the store, and those that will be once their log records have waited long enough. */
export class ColdQueue {
  readonly #store: Store;
  readonly #waiting: WaitingTraces;
  readonly #traces = new Map<string, ColdTrace>();
  readonly #settling = new Map<string, { readonly trace: ColdTrace; readonly arrivedMs: number }>();
  readonly #alone = new Set<string>();
  readonly #stampMs: () => number;
  #restUntilMs = 0;

  constructor(store: Store, waiting: WaitingTraces, stampMs: () => number) {
    this.#store = store;
    this.#waiting = waiting;
    this.#stampMs = stampMs;
  }

  /** Traces with a log record that was given up and stands for itself: if more of them comes, that row has to be taken back. */
  get alone(): ReadonlySet<string> {
    return this.#alone;
  }

  get size(): number {
    return this.#traces.size;
  }

  /** Time of insertion of the oldest that waits. */
  get sinceMs(): number {
    return oldest(this.#traces.values());
  }

  get settlingSinceMs(): number {
    return oldest([...this.#settling.values()].map(({ trace }) => trace));
  }

  /** @returns false when there is no room: it has to be asked for again */
  add(trace: ColdTrace): boolean {
    const known = this.#traces.get(trace.traceId);
    if (known === undefined && this.#traces.size >= TRACES_MAX) return false;
    this.#traces.set(trace.traceId, joined(known, trace));
    return true;
  }

  /**
   * The trace has a log record whose span is not there; it is read again when that will not come any more.
   *
   * @param arrivedMs when the last of it was inserted
   */
  settleLater({ traceId, logs }: StoredTrace, sinceMs: number, arrivedMs: number): void {
    if (logs.every((log) => log.settled) || this.#settling.size >= SETTLING_TRACES_MAX) return;
    const times = logs.map((log) => Number(log.timeUnixNano) / 1e6);
    const fromMs = Math.floor(Math.min(...times));
    const untilMs = Math.ceil(Math.max(...times));
    const trace = joined(this.#settling.get(traceId)?.trace, { traceId, sinceMs, fromMs, untilMs });
    this.#settling.set(traceId, { trace, arrivedMs });
  }

  #noteAlone(traceId: string): void {
    this.#alone.delete(traceId);
    this.#alone.add(traceId);
    if (this.#alone.size > ALONE_TRACES_MAX) this.#alone.delete(this.#alone.values().next().value!);
  }

  /** Reads and derives some. What was read leaves the queue by `done`, once the rows are inserted. */
  async run({ settledBeforeMs, takenMs, isUrgent }: ColdRun, rows: RowWriter) {
    for (const [traceId, { trace, arrivedMs }] of this.#settling) {
      if (arrivedMs <= settledBeforeMs && this.add(trace)) this.#settling.delete(traceId);
    }
    const isResting = !isUrgent && performance.now() < this.#restUntilMs;
    if (isResting || this.#traces.size === 0) return { traces: 0, oversized: 0, done: () => {} };
    const startedAtMs = performance.now();
    const taken = [...this.#traces.values()].slice(0, TRACES_PER_RUN_MAX);
    const superseding: DerivedTrace[] = [];
    let traces = 0;
    const oversized = await loadColdTraces(this.#store, taken, {
      settledBeforeMs,
      onTrace: async (trace, cold) => {
        traces++;
        const derived = deriveTrace(trace);
        this.#waiting.note(trace.traceId, derived.unattributed, cold.sinceMs);
        if (derived.unattributed > 0) this.settleLater(trace, cold.sinceMs, takenMs);
        if (derived.superseded.length > 0) superseding.push(derived);
        if (standsAlone(derived)) this.#noteAlone(trace.traceId);
        rows.add(derived);
        if (rows.isFull) await rows.flush();
      },
    });
    if (superseding.length > 0) {
      await rows.flush();
      await retractSuperseded(this.#store, superseding, this.#stampMs);
    }
    this.#restUntilMs = performance.now() + (performance.now() - startedAtMs) * REST_TIMES_DURATION;
    const done = () => {
      for (const trace of taken) if (this.#traces.get(trace.traceId) === trace) this.#traces.delete(trace.traceId);
    };
    return { traces, oversized: oversized.length, done };
  }
}

/** A log record outside of a request: perhaps only because the rest of its trace has not come. */
function standsAlone({ exceptions }: DerivedTrace): boolean {
  return exceptions.some(({ entry, exception }) => entry === undefined && 'settled' in exception.recording);
}

function joined(known: ColdTrace | undefined, trace: ColdTrace): ColdTrace {
  if (known === undefined) return trace;
  return {
    traceId: trace.traceId,
    sinceMs: Math.min(known.sinceMs, trace.sinceMs),
    fromMs: Math.min(known.fromMs, trace.fromMs),
    untilMs: Math.max(known.untilMs, trace.untilMs),
  };
}

function oldest(traces: Iterable<ColdTrace>): number {
  let sinceMs = Number.POSITIVE_INFINITY;
  for (const trace of traces) sinceMs = Math.min(sinceMs, trace.sinceMs);
  return sinceMs;
}
