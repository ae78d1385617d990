import { type Comparison, hash64, type RatioOptions } from '@profiler/analysis';
import type { Config } from '../config.ts';
import type { Opened } from '../notify/notification.ts';
import type { Store } from '../store/store.ts';
import { endpointName } from './endpoint-name.ts';
import { type Evidence, readEvidences } from './evidence.ts';
import { explanation } from './explanation.ts';
import type { Judgement } from './judge.ts';
import { regressionCostMs } from './regression-cost.ts';
import { readFirstSeen, type Suspect, suspectVersion } from './suspect-version.ts';
import { type Window, windowBefore } from './window.ts';
import type { WindowPair } from './window-pair.ts';

export function ratioOptionsOf(
  config: Pick<Config, 'regressionResponseTimeFactor' | 'regressionErrorRateDelta' | 'regressionMinRequests'>,
): RatioOptions {
  return {
    responseTimeFactor: config.regressionResponseTimeFactor,
    errorRateDelta: config.regressionErrorRateDelta,
    minRequests: config.regressionMinRequests,
  };
}

/** Alerts of the rule `ratio` that a window opens, with their evidence: the window against the one before. */
export async function alertsOfRatio(store: Store, opened: Judgement['opened'], window: Window): Promise<Opened[]> {
  if (opened.length === 0) return [];
  const firstSeen = await readFirstSeen(store, [...new Set(opened.map(({ pair }) => pair.service))]);
  const before = windowBefore(window);
  const evidences = await readEvidences(
    store,
    opened.map(({ pair, comparison }) => ({
      endpoint: pair,
      periods: {
        beforeMs: before.startMs,
        beforeEndMs: before.endMs,
        sinceMs: window.startMs,
        sinceEndMs: window.endMs,
      },
      weight: { z: null, zMin: null, windows: 1, baselineWindows: 1 },
      costMs: regressionCostMs(comparison),
    })),
  );
  return opened.map(({ pair, comparison }, index) =>
    alertOf(pair, comparison, suspectVersion(pair, firstSeen), window, evidences[index]!),
  );
}

function alertOf(
  { service, environment, method, route }: WindowPair,
  comparison: Comparison,
  suspect: Suspect,
  window: Window,
  evidence: Evidence | null,
): Opened {
  const endpoint = endpointName(method, route);
  const windowStart = new Date(window.startMs).toISOString();
  const identity = [comparison.kind, 'ratio', service, environment, method, route, windowStart, window.minutes];
  return {
    isDeploy: suspect.isNew,
    regression: {
      key: hash64(JSON.stringify(identity)).hex,
      kind: comparison.kind,
      rule: 'ratio',
      signal: comparison.kind === 'response_time' ? 'average' : 'errors',
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
      baselineUntil: windowStart,
      evidence,
      resolvedAt: null,
    },
  };
}
