/**
 * What a receiver is told at once. One deploy that makes fifty endpoints slower is one thing to tell: alerts are put together by
 * service, environment and the version that came with them, or by the window where none did: those are known by the alerts
 * in them, so that an endpoint which a window adds when it is closed again is told, too.
 *
 * A deploy is told when its first endpoint regresses, and a second time only when that was mild and becomes severe: what
 * joins it in later windows is listed and logged. What is over is told a window at a time.
 */
import { hash64 } from '@profiler/analysis';
import type { Regression } from '../detect/regression.ts';
import { regressionCostMs } from '../detect/regression-cost.ts';

export interface Notification {
  /** Its `Idempotency-Key`, 16 hex digits: the same for the same alerts, however often a window is closed. */
  readonly key: string;
  /** When one of these was told, this one need not be. */
  readonly coveredBy: readonly string[];
  readonly change: 'firing' | 'resolved';
  readonly service: string;
  readonly environment: string;
  /** The version that brought them; `''` when none is known to have. */
  readonly version: string;
  /** The worst first; at least one. */
  readonly regressions: readonly Regression[];
}

/** An alert that opened, and whether its version came with it. */
export interface Opened {
  readonly regression: Regression;
  readonly isDeploy: boolean;
}

/** Twice as slow, or ten points more of errors, is severe. */
const SEVERE_FACTOR = 2;
const SEVERE_POINTS = 0.1;

export function firingNotifications(opened: readonly Opened[]): Notification[] {
  const groups = grouped(opened, ({ regression: { service, environment, version }, isDeploy }) =>
    isDeploy ? ['deploy', service, environment, version] : ['window', service, environment],
  );
  return groups.map(([identity, members]) => {
    const regressions = members.map(({ regression }) => regression).sort(worstFirst);
    const { service, environment, version } = regressions[0]!;
    const isDeploy = members[0]!.isDeploy;
    const isSevere = regressions.some((one) => isSevereChange(one));
    const severeKey = keyOf([...identity, 'severe']);
    const mildKey = keyOf([...identity, 'mild']);
    return {
      key: !isDeploy ? keyOf([...identity, ...keysOf(regressions)]) : isSevere ? severeKey : mildKey,
      coveredBy: isDeploy && !isSevere ? [severeKey] : [],
      change: 'firing',
      service,
      environment,
      version: isDeploy ? version : '',
      regressions,
    };
  });
}

/** @param resolved alerts that one window resolved */
export function resolvedNotifications(resolved: readonly Regression[]): Notification[] {
  const groups = grouped(resolved, ({ service, environment }) => ['resolved', service, environment]);
  return groups.map(([identity, members]) => {
    const regressions = [...members].sort(worstFirst);
    const { service, environment } = regressions[0]!;
    const versions = [...new Set(regressions.map(({ version }) => version))];
    const version = versions.length === 1 ? versions[0]! : '';
    const key = keyOf([...identity, ...keysOf(regressions)]);
    return { key, coveredBy: [], change: 'resolved', service, environment, version, regressions };
  });
}

/** One for each endpoint and kind, the worst first: both rules may have found the same. */
export function distinctEndpoints(regressions: readonly Regression[]): Regression[] {
  const seen = new Map<string, Regression>();
  for (const one of regressions) {
    const key = JSON.stringify([one.kind, one.method, one.route]);
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

function isSevereChange({ kind, change }: Regression): boolean {
  return kind === 'response_time' ? change >= SEVERE_FACTOR : change >= SEVERE_POINTS;
}

/** By what it costs. Ties by key, so that the order is fixed. */
function worstFirst(a: Regression, b: Regression): number {
  return regressionCostMs(b) - regressionCostMs(a) || (a.key < b.key ? -1 : 1);
}

function grouped<Item>(
  items: readonly Item[],
  identityOf: (item: Item) => readonly string[],
): [identity: readonly string[], members: Item[]][] {
  const found = new Map<string, [readonly string[], Item[]]>();
  for (const item of items) {
    const identity = identityOf(item);
    const group = found.get(JSON.stringify(identity)) ?? [identity, []];
    group[1].push(item);
    found.set(JSON.stringify(identity), group);
  }
  return [...found.values()];
}

function keysOf(regressions: readonly Regression[]): string[] {
  return regressions.map(({ key }) => key).sort();
}

function keyOf(identity: readonly string[]): string {
  return hash64(JSON.stringify(identity)).hex;
}
