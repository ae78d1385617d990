/** Closes windows when they end, those first that ended while no scheduler ran. */
import { Counter, type Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Store } from '../store/store.ts';
import { createCloseWindow, type WindowResult } from './close-window.ts';
import { lastClosedWindow, windowsWithRequests } from './closed-windows.ts';
import { ratioOptionsOf } from './ratio-alerts.ts';
import { lastCompleteWindow, type Window, windowAt } from './window.ts';

export interface SchedulerOptions {
  readonly store: Store;
  readonly config: Pick<
    Config,
    | 'aggregationWindowMinutes'
    | 'regressionRules'
    | 'regressionResponseTimeFactor'
    | 'regressionErrorRateDelta'
    | 'regressionMinRequests'
  >;
  readonly derivation: { runOnce(): Promise<unknown> };
  readonly notifier: Pick<Notifier, 'start' | 'notify'>;
  readonly registry: Registry;
  readonly log: Log;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

export interface SchedulerStatus {
  readonly running: boolean;
  readonly windowMinutes: number;
  readonly lastWindowStart: string | null;
  readonly lastWindowEndpoints: number;
  readonly lastWindowRegressions: number;
  readonly windowsClosed: number;
  readonly windowsSkipped: number;
}

export interface Scheduler {
  /** Closes what ended while no scheduler ran, then each window as it ends. */
  start(): void;
  /** Closes what {@link start} would close by now. */
  closeDue(): Promise<WindowResult[]>;
  /** Closes the last complete window now, also when it was closed before; the same data, the same answer. */
  compute(): Promise<WindowResult>;
  status(): SchedulerStatus;
  /** Waits for the window that is being closed. */
  close(): Promise<void>;
}

/** Exporters send every few seconds, and a trace counts as quiet after two: late batches are in by then. */
export const GRACE_MS = 8_000;
const POLL_MS = 1000;
const RETRY_MS = 10_000;
/** A day of one-minute windows. Older ones that were missed are skipped, and counted. */
const CATCH_UP_WINDOWS_MAX = 1440;
/** As long as `endpoint_minutely` is kept. */
const CATCH_UP_MS_MAX = 14 * 86_400_000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { store, config, derivation, notifier, registry, log, now = Date.now } = options;
  const minutes = config.aggregationWindowMinutes;
  const ratio = ratioOptionsOf(config);
  const closeWindow = createCloseWindow({ store, rules: config.regressionRules, ratio, notifier, registry, log, now });
  const outcomes = new Counter({
    name: 'profiler_windows_total',
    help: 'Windows by outcome: closed, skipped because too many were missed, failed and tried again.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of ['closed', 'skipped', 'failed']) outcomes.inc({ outcome }, 0);
  /** End of the last window that is closed for good; `undefined` until it is read from the store. */
  let closedUntilMs: number | undefined;
  let last: { window: Window; endpoints: number; regressions: number } | undefined;
  let windowsClosed = 0;
  let windowsSkipped = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  /** One window at a time, in order, whoever asks. */
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = queue.then(work);
    queue = result.catch(() => {});
    return result;
  }

  async function closeAndCount(window: Window): Promise<WindowResult> {
    const result = await closeWindow(window);
    last = { window, endpoints: result.endpoints, regressions: result.regressions.length };
    windowsClosed++;
    outcomes.inc({ outcome: 'closed' });
    return result;
  }

  /** Windows that have ended and are not closed for good. Those without requests are left out, but for the last. */
  async function dueWindows(): Promise<Window[]> {
    const due = lastCompleteWindow(now() - GRACE_MS, minutes);
    if (closedUntilMs === undefined) {
      last = await lastClosedWindow(store, minutes, GRACE_MS, due.endMs);
      closedUntilMs = last?.window.endMs ?? due.startMs;
    }
    if (due.endMs <= closedUntilMs) return [];
    const fromMs = Math.max(closedUntilMs, windowAt(due.startMs - CATCH_UP_MS_MAX, minutes).startMs);
    const missed = await windowsWithRequests(store, minutes, fromMs, due.startMs);
    const skipped = Math.max(0, missed.length - CATCH_UP_WINDOWS_MAX);
    if (skipped > 0) {
      const since = new Date(missed[skipped]!.startMs).toISOString();
      log.warn(`more than ${CATCH_UP_WINDOWS_MAX} windows were missed; those before ${since} are skipped`);
      windowsSkipped += skipped;
      outcomes.inc({ outcome: 'skipped' }, skipped);
    }
    return [...missed.slice(skipped), due];
  }

  async function closeDueNow(): Promise<WindowResult[]> {
    const results: WindowResult[] = [];
    const due = await dueWindows();
    if (due.length === 0) return results;
    // Does nothing as a rule; it makes up for a start at which the store did not answer.
    await notifier.start();
    await derive();
    for (const window of due) {
      if (stopping) break;
      results.push(await closeAndCount(window));
      closedUntilMs = window.endMs;
    }
    return results;
  }

  /** The comparison needs requests only, so a derivation that fails holds up no alert. */
  async function derive(): Promise<void> {
    await derivation.runOnce().catch((error: unknown) => log.error('the derivation before a window failed', error));
  }

  async function poll(): Promise<void> {
    let waitMs = POLL_MS;
    try {
      // Most polls end here, without a query.
      if (closedUntilMs === undefined || lastCompleteWindow(now() - GRACE_MS, minutes).endMs > closedUntilMs) {
        await inTurn(closeDueNow);
      }
    } catch (error) {
      outcomes.inc({ outcome: 'failed' });
      log.error(`a window could not be closed; the next try is in ${RETRY_MS / 1000} s`, error);
      waitMs = RETRY_MS;
    }
    if (!stopping) timer = setTimeout(poll, waitMs).unref();
  }

  return {
    start() {
      if (timer !== undefined || stopping) return;
      notifier.start().catch((error: unknown) => log.error('pending notifications could not be read', error));
      timer = setTimeout(poll, 0).unref();
    },
    closeDue: () => inTurn(closeDueNow),
    compute: () =>
      inTurn(async () => {
        await closeDueNow();
        await derive();
        return closeAndCount(lastCompleteWindow(now(), minutes));
      }),
    status: () => ({
      running: timer !== undefined && !stopping,
      windowMinutes: minutes,
      lastWindowStart: last === undefined ? null : new Date(last.window.startMs).toISOString(),
      lastWindowEndpoints: last?.endpoints ?? 0,
      lastWindowRegressions: last?.regressions ?? 0,
      windowsClosed,
      windowsSkipped,
    }),
    async close() {
      stopping = true;
      clearTimeout(timer);
      await queue;
    },
  };
}
