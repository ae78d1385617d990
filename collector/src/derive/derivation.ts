import type { Registry } from 'prom-client';
import type { Log } from '../log.ts';
import type { ArrivalClock } from '../store/arrival-clock.ts';
import { piecesOf } from '../store/block-source.ts';
import type { Store } from '../store/store.ts';
import { createDerivationMetrics } from './derivation-metrics.ts';
import type { Insertion } from './memory/insertion.ts';
import type { MemoryLimits } from './memory/memory-limits.ts';
import { MemoryStage } from './memory/memory-stage.ts';
import { minutesOfBlock } from './memory/minutes-of-block.ts';
import { readProgress, writeProgress } from './progress.ts';
import type { Thresholds } from './recompute-minutes.ts';
import { RollupStages, type RollupsRun } from './rollup-stages.ts';
import { POSITIONS, type TraceRun, TraceStage } from './trace-stage.ts';

export interface DerivationOptions extends Thresholds {
  readonly store: Store;
  readonly registry: Registry;
  readonly log: Log;
  /**
   * Where this process is the only one that inserts: every insertion has a time of this clock, and is told by
   * {@link Derivation.stored}. Without it the store is asked what came.
   */
  readonly clock?: ArrivalClock | undefined;
  /** What is kept in memory where there is a clock. */
  readonly memory?: MemoryLimits;
  /** Milliseconds since the epoch. @default the engine's clock, which stamps what arrives */
  readonly now?: () => number;
  /** A trace of which nothing arrived for this long is derived, in milliseconds. @default 2000 */
  readonly quietMs?: number;
  /** Pause between two runs, in milliseconds. @default 1000 */
  readonly intervalMs?: number;
}

/** What one run did. */
export interface DerivationRun {
  readonly traces: number;
  readonly requestQueries: number;
  readonly exceptions: number;
  readonly minutes: number;
  /** Spans and changed minutes whose turn has come and that the next run works on. */
  readonly backlog: number;
}

/** A type, not an interface, so that it can be shown as plain figures. */
export type DerivationStatus = {
  /** Since the start; a trace that is derived again counts again. */
  readonly derivedTraces: number;
  readonly requestQueries: number;
  readonly exceptions: number;
  readonly recomputedMinutes: number;
  /** Traces left out because they have too many spans. */
  readonly oversizedTraces: number;
  /** Queries and exceptions whose request has not come yet. */
  readonly unattributed: number;
  /** Those whose request had not come after 15 minutes. */
  readonly givenUp: number;
  readonly backlog: number;
  /** Minutes whose rollups are behind; the more computing one takes, the longer they may be. */
  readonly changedMinutes: number;
  readonly failedRuns: number;
  readonly lastError: string | null;
  /** ISO 8601, null before the first run. */
  readonly lastRunAt: string | null;
  readonly lastRunMs: number;
};

export interface Derivation {
  /** Tells what was inserted; resolves when it is taken note of. Never fails, and does nothing without a clock. */
  stored(insertion: Insertion): Promise<void>;
  /** Runs until {@link close}. */
  start(): void;
  /** Derives what has gone quiet, and brings the rollups up to date. */
  runOnce(): Promise<DerivationRun>;
  /** Derives everything that is stored, quiet or not, and returns when nothing is left. */
  settle(): Promise<void>;
  status(): DerivationStatus;
  /** Waits for the run that is on its way, and records how far it came. */
  close(): Promise<void>;
}

const PROGRESS_INTERVAL_MS = 10_000;
/** Pause before the next run when the last left something. */
const BACKLOG_INTERVAL_MS = 20;

/**
 * The stage between storing and detecting: request queries and exceptions of apps that do not count for themselves, then
 * the rollups of the minutes that changed, whoever counted. One run at a time; a run that fails changes no position, so
 * the next does its work again, and doing it again changes nothing.
 */
export function createDerivation(options: DerivationOptions): Derivation {
  const { store, clock, log, quietMs = 2_000, intervalMs = 1_000 } = options;
  const metrics = createDerivationMetrics(options.registry);
  const total = { traces: 0, requestQueries: 0, exceptions: 0, minutes: 0, oversized: 0, failures: 0 };
  let traceStage: TraceStage | MemoryStage | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let recomputing: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isRecomputing = false;
  let hasRecomputed = true;
  let engineAheadMs = Date.now() - performance.now();
  let lastStampMs = 0;
  let progressWrittenAtMs = 0;
  let lastError: string | null = null;
  let lastRun = { at: null as string | null, ms: 0, backlog: 0 };

  const nowMs = () => options.now?.() ?? Math.floor(performance.now() + engineAheadMs);

  const stampMs = () => {
    if (clock !== undefined) return clock.next();
    lastStampMs = Math.max(lastStampMs + 1, Math.floor(nowMs()));
    return lastStampMs;
  };

  async function synchronise(): Promise<void> {
    if (options.now !== undefined || clock !== undefined) return;
    const [row] = await store.query<{ engineMs: number }>('SELECT toUnixTimestamp64Milli(now64(3)) AS engineMs');
    engineAheadMs = row!.engineMs - performance.now();
  }

  const rollups = new RollupStages({ store, thresholds: options, clock, nowMs, stampMs });
  /** There from the start, because it is told from the start; the other asks the store first how far it came. */
  const memoryStage =
    clock &&
    new MemoryStage({
      store,
      clock,
      readPositionMs: (name) => readProgress(store, name),
      onInserted: (minutes, insertedAtMs) => rollups.minutes.changed(minutes, insertedAtMs),
      ...options.memory,
    });

  async function openTraceStage(): Promise<TraceStage> {
    const positionsMs = new Map<string, number>();
    for (const name of POSITIONS) positionsMs.set(name, await readProgress(store, name));
    return new TraceStage({ store, positionsMs, stampMs });
  }

  async function run(currentQuietMs: number, isUrgent: boolean): Promise<DerivationRun> {
    const startedAtMs = performance.now();
    try {
      await synchronise();
      traceStage ??= memoryStage ?? (await openTraceStage());
      const traces = await traceStage.run(nowMs(), currentQuietMs, isUrgent);
      const minutes = isUrgent ? await recompute(true) : { minutes: 0, backlog: 0 };
      if (!isUrgent) recomputeBeside();
      await recordProgress(false);
      const backlog = traces.backlog + minutes.backlog;
      note(traces, backlog, performance.now() - startedAtMs);
      const { requestQueries, exceptions } = traces;
      return { traces: traces.traces, requestQueries, exceptions, minutes: minutes.minutes, backlog };
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  function recompute(isUrgent: boolean): Promise<RollupsRun> {
    const result = recomputing.then(async () => {
      const run = await rollups.run(isUrgent);
      total.minutes += run.minutes;
      metrics.minutes.inc(run.minutes);
      metrics.hours.inc(run.hours);
      hasRecomputed = true;
      return run;
    });
    recomputing = result.catch(() => {});
    return result;
  }

  /** A busy minute takes seconds, in which traces go on arriving. */
  function recomputeBeside(): void {
    if (isRecomputing) return;
    isRecomputing = true;
    recompute(false)
      .catch((error: unknown) => {
        hasRecomputed = false;
        failed(error);
      })
      .finally(() => {
        isRecomputing = false;
      });
  }

  function failed(error: unknown): void {
    total.failures++;
    metrics.failures.inc();
    if (lastError === null) log.error('derivation failed and will be tried again', error);
    lastError = error instanceof Error ? error.message : String(error);
  }

  function note(traces: TraceRun, backlog: number, ms: number): void {
    if (lastError !== null && hasRecomputed) {
      lastError = null;
      log.info('derivation works again');
    }
    if (traces.oversized > 0) log.warn(`${traces.oversized} traces have too many spans to be derived`);
    lastRun = { at: new Date().toISOString(), ms, backlog };
    for (const name of ['traces', 'requestQueries', 'exceptions', 'oversized'] as const) {
      total[name] += traces[name];
      metrics[name].inc(traces[name]);
    }
    metrics.unattributed.set(traceStage!.waiting.unattributed);
    metrics.givenUp.set(traceStage!.waiting.givenUp);
    metrics.backlog.set(traces.backlog);
    metrics.runSeconds.set(ms / 1000);
  }

  async function recordProgress(isLast: boolean): Promise<void> {
    const rollupsMs = rollups.positionsMs;
    if (traceStage === undefined || rollupsMs === undefined) return;
    if (!isLast && performance.now() - progressWrittenAtMs < PROGRESS_INTERVAL_MS) return;
    const positionsMs = new Map([...traceStage.positionsMs, ...rollupsMs]);
    await writeProgress(store, positionsMs, stampMs());
    progressWrittenAtMs = performance.now();
  }

  /** One at a time, in the order asked for. */
  function queued<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = running.then(work);
    running = result.catch(() => {});
    return result;
  }

  function scheduleNext(delayMs: number): void {
    timer = setTimeout(async () => {
      const result = await queued(() => run(quietMs, false)).catch(() => undefined);
      if (!isClosed) scheduleNext(result !== undefined && result.backlog > 0 ? BACKLOG_INTERVAL_MS : intervalMs);
    }, delayMs);
  }

  return {
    async stored(insertion) {
      if (memoryStage === undefined) return;
      if (insertion.table === 'request_queries') {
        for await (const piece of piecesOf(insertion.blocks)) {
          for (const block of piece) rollups.minutes.changed(minutesOfBlock(block), insertion.insertedAtMs);
        }
        return;
      }
      await memoryStage.stored(insertion).catch((error: unknown) => {
        log.error('what was stored could not be taken into memory; it is read from the store', error);
      });
    },
    start() {
      if (timer === undefined && !isClosed) scheduleNext(0);
    },
    runOnce: () => queued(() => run(quietMs, true)),
    settle: () =>
      queued(async () => {
        while ((await run(0, true)).backlog > 0) {
          // Bounded work a run: go on until nothing is left.
        }
      }),
    status: () => ({
      derivedTraces: total.traces,
      requestQueries: total.requestQueries,
      exceptions: total.exceptions,
      recomputedMinutes: total.minutes,
      oversizedTraces: total.oversized,
      unattributed: traceStage?.waiting.unattributed ?? 0,
      givenUp: traceStage?.waiting.givenUp ?? 0,
      backlog: memoryStage?.backlog ?? lastRun.backlog,
      changedMinutes: rollups.minutes.changedTimes,
      failedRuns: total.failures,
      lastError,
      lastRunAt: lastRun.at,
      lastRunMs: Math.round(lastRun.ms),
    }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(timer);
      await queued(async () => {
        await recomputing;
        await recordProgress(true);
      }).catch((error: unknown) => log.warn(`how far the derivation came is not recorded: ${String(error)}`));
    },
  };
}
