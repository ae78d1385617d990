/**
 * One window, judged by the rules that are on: what regressed is recorded, logged and handed to the notifier. In this order,
 * each step the same when done again: notifications, alerts, the window. So a crash anywhere leaves a window that is closed
 * once more, and no alert is forgotten or told twice.
 */
import type { RatioOptions } from '@profiler/analysis';
import { Counter, type Registry } from 'prom-client';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { firingNotifications, type Opened, resolvedNotifications } from '../notify/notification.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Store } from '../store/store.ts';
import { recordClosedWindow } from './closed-windows.ts';
import { writeEndpointWindows } from './endpoint-windows.ts';
import { judge } from './judge.ts';
import { alertsOfRatio } from './ratio-alerts.ts';
import type { Regression } from './regression.ts';
import { firingRegressions, recordRegressions, regressionsResolvedAt } from './regressions.ts';
import { alertsOfScan } from './scan-alerts.ts';
import { scanWindow } from './scan-window.ts';
import type { Window } from './window.ts';
import { readWindowPairs } from './window-pair.ts';

export interface CloseWindowOptions {
  readonly store: Store;
  readonly rules: Config['regressionRules'];
  readonly ratio: RatioOptions;
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

interface Judged {
  readonly opened: readonly Opened[];
  readonly kept: readonly Regression[];
  readonly resolved: readonly Regression[];
}

export function createCloseWindow(options: CloseWindowOptions): CloseWindow {
  const { store, rules, ratio, notifier, registry, log, now } = options;
  const counter = new Counter({
    name: 'profiler_regressions_total',
    help: 'Regressions by kind, opened and resolved.',
    labelNames: ['kind', 'change'],
    registers: [registry],
  });

  // A rule that is off opens nothing; what it opened before is still closed.
  async function byRatio(window: Window, firing: readonly Regression[]): Promise<Judged & { endpoints: number }> {
    const pairs = await readWindowPairs(store, window);
    const own = firing.filter(({ rule }) => rule === 'ratio');
    const { opened, kept, resolved } = judge(window, pairs, own, ratio);
    const alerts = rules.includes('ratio') ? await alertsOfRatio(store, opened, window) : [];
    return { opened: alerts, kept, resolved, endpoints: pairs.length };
  }

  async function byScan(window: Window, firing: readonly Regression[], endpoints: number): Promise<Judged> {
    const isOn = rules.includes('scan');
    if (!isOn && !firing.some(({ rule }) => rule === 'scan')) return { opened: [], kept: [], resolved: [] };
    await writeEndpointWindows(store, window, endpoints, now());
    const { opened, kept, resolved } = await scanWindow(store, window);
    return { opened: isOn ? await alertsOfScan(store, opened, window) : [], kept, resolved };
  }

  return async function closeWindow(window) {
    const firing = await firingRegressions(store);
    const { endpoints, ...ratioJudged } = await byRatio(window, firing);
    const scanJudged = await byScan(window, firing, endpoints);
    const opened = [...ratioJudged.opened, ...scanJudged.opened];
    const resolved = [...ratioJudged.resolved, ...scanJudged.resolved];
    const alerts = opened.map(({ regression }) => regression);
    await notifier.notify([...firingNotifications(opened), ...resolvedNotifications(resolved)]);
    await recordRegressions(store, [...alerts, ...resolved], now());
    const regressions = inOrder([...ratioJudged.kept, ...scanJudged.kept, ...alerts]);
    await recordClosedWindow(store, { window, endpoints, regressions: regressions.length, closedAtMs: now() });
    for (const alert of alerts) {
      counter.inc({ kind: alert.kind, change: 'opened' });
      log.warn(`regression: ${alert.service}: ${alert.explanation}`);
    }
    for (const alert of resolved) {
      counter.inc({ kind: alert.kind, change: 'resolved' });
      log.info(`resolved: ${alert.service}: ${alert.endpoint}: ${alert.kind} is back under the rule`);
    }
    return {
      windowStart: new Date(window.startMs).toISOString(),
      windowMinutes: window.minutes,
      endpoints,
      regressions,
      resolved: inOrder(await regressionsResolvedAt(store, window.startMs)),
    };
  };
}

/** Oldest first, then by endpoint: the same whether an alert was opened now or is read from the store. */
function inOrder(regressions: readonly Regression[]): Regression[] {
  const rank = ({ startedAt, service, route, method, environment, kind, rule }: Regression) =>
    [startedAt, service, route, method, environment, kind, rule].join('\n');
  return [...regressions].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
