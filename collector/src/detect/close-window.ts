/**
 * One window, compared with the one before it: what regressed is recorded, logged and handed to the notifier. In this
 * order, each step the same when done again: notifications, alerts, the window. So a crash anywhere leaves a window that
 * is closed once more, and no alert is forgotten or told twice.
 */
import { hash64, type RatioOptions } from '@profiler/analysis';
import { Counter, type Registry } from 'prom-client';
import type { Log } from '../log.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Store } from '../store/store.ts';
import { recordClosedWindow } from './closed-windows.ts';
import { endpointName } from './endpoint-name.ts';
import { explanation } from './explanation.ts';
import { type Judgement, judge } from './judge.ts';
import type { Regression } from './regression.ts';
import { firingRegressions, recordRegressions, regressionsResolvedAt } from './regressions.ts';
import { readFirstSeen, suspectVersion } from './suspect-version.ts';
import type { Window } from './window.ts';
import { readWindowPairs } from './window-pair.ts';

export interface CloseWindowOptions {
  readonly store: Store;
  readonly rule: RatioOptions;
  readonly notifier: Pick<Notifier, 'notify'>;
  readonly registry: Registry;
  readonly log: Log;
  readonly now: () => number;
}

export interface WindowResult {
  /** ISO 8601 in UTC. */
  readonly windowStart: string;
  readonly windowMinutes: number;
  /** Endpoints with requests in the window, each environment by itself. */
  readonly endpoints: number;
  /** Every alert that fires after the window; those that it opened have its `windowStart`. */
  readonly regressions: Regression[];
  /** Alerts that the window resolved. */
  readonly resolved: Regression[];
}

export type CloseWindow = (window: Window) => Promise<WindowResult>;

export function createCloseWindow({ store, rule, notifier, registry, log, now }: CloseWindowOptions): CloseWindow {
  const counter = new Counter({
    name: 'profiler_regressions_total',
    help: 'Regressions by kind, opened and resolved.',
    labelNames: ['kind', 'change'],
    registers: [registry],
  });

  return async function closeWindow(window) {
    const pairs = await readWindowPairs(store, window);
    const judgement = judge(window, pairs, await firingRegressions(store), rule);
    const opened = await alertsOf(store, judgement, window);
    await notifier.notify(opened);
    await recordRegressions(store, [...opened, ...judgement.resolved], now());
    const regressions = inOrder([...judgement.kept, ...opened]);
    const numbers = { endpoints: pairs.length, regressions: regressions.length };
    await recordClosedWindow(store, { window, ...numbers, closedAtMs: now() });
    for (const alert of opened) {
      counter.inc({ kind: alert.kind, change: 'opened' });
      log.warn(`regression: ${alert.service}: ${alert.explanation}`);
    }
    for (const alert of judgement.resolved) {
      counter.inc({ kind: alert.kind, change: 'resolved' });
      log.info(`resolved: ${alert.service}: ${alert.endpoint}: ${alert.kind} is back under the rule`);
    }
    return {
      windowStart: new Date(window.startMs).toISOString(),
      windowMinutes: window.minutes,
      endpoints: pairs.length,
      regressions,
      resolved: inOrder(await regressionsResolvedAt(store, window.startMs)),
    };
  };
}

/** Oldest first, then by endpoint: the same whether an alert was opened now or is read from the store. */
function inOrder(regressions: readonly Regression[]): Regression[] {
  const rank = ({ startedAt, service, route, method, environment, kind }: Regression) =>
    [startedAt, service, route, method, environment, kind].join('\n');
  return [...regressions].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

async function alertsOf(store: Store, { opened }: Judgement, window: Window): Promise<Regression[]> {
  const firstSeen = await readFirstSeen(store, [...new Set(opened.map(({ pair }) => pair.service))]);
  return opened.map(({ pair, comparison }) => {
    const { service, environment, method, route } = pair;
    const endpoint = endpointName(method, route);
    const suspect = suspectVersion(pair, firstSeen);
    const windowStart = new Date(window.startMs).toISOString();
    const identity = [comparison.kind, 'ratio', service, environment, method, route, windowStart, window.minutes];
    return {
      key: hash64(JSON.stringify(identity)).hex,
      kind: comparison.kind,
      rule: 'ratio',
      state: 'firing',
      service,
      environment,
      method,
      route,
      endpoint,
      baseline: comparison.baseline,
      current: comparison.current,
      change: comparison.change,
      baselineRequests: comparison.baselineRequests,
      currentRequests: comparison.currentRequests,
      version: suspect.version,
      explanation: explanation(endpoint, comparison, suspect, window),
      windowStart,
      windowMinutes: window.minutes,
      startedAt: windowStart,
      resolvedAt: null,
    };
  });
}
