/**
 * For any endpoint, what each rule says of the last closed window, and in words why it does not fire, when it does not.
 * Judged anew by the rules themselves, from the same rollups.
 */
import {
  advanceAlert,
  type Comparison,
  CURRENT_WINDOWS_MAX,
  EndpointView,
  type RatioOptions,
  ratio,
  SCAN_OPTIONS,
  type StepVerdict,
} from '@profiler/analysis';
import type { Config } from '../config.ts';
import type { Store } from '../store/store.ts';
import { lastClosedWindow } from './closed-windows.ts';
import { markDeploys, readDeploys } from './deploys.ts';
import { endpointName } from './endpoint-name.ts';
import { endpointsNamed, nameOf, readSeriesOf } from './endpoint-series.ts';
import { windowsCompared } from './endpoint-windows.ts';
import { ratioOptionsOf } from './ratio-alerts.ts';
import type { RegressionKind } from './regression.ts';
import { firingRegressions, latestScanAlerts } from './regressions.ts';
import { asAlert } from './scan-window.ts';
import { ratioReason, scanReason } from './why-not.ts';
import { lastCompleteWindow } from './window.ts';
import { readWindowPairs } from './window-pair.ts';

export interface RuleVerdict {
  readonly rule: 'scan' | 'ratio';
  readonly kind: RegressionKind;
  /** `firing`: an alert is open; `fires`: the window opened one, or would; `quiet`: neither. */
  readonly state: 'firing' | 'fires' | 'quiet';
  /** In words, with the numbers that decided. */
  readonly reason: string;
  /** Milliseconds or a rate; change as a factor for response time, a difference for rates. */
  readonly baseline: number;
  readonly current: number;
  readonly change: number;
  readonly baselineRequests: number;
  readonly currentRequests: number;
  /** Evidence and what is asked for; `null` for `ratio`. */
  readonly z: number | null;
  readonly zMin: number | null;
}

export interface EndpointExplanation {
  readonly service: string;
  readonly environment: string;
  readonly endpoint: string;
  readonly windowStart: string;
  readonly windowMinutes: number;
  readonly verdicts: RuleVerdict[];
}

export type ExplainConfig = Pick<
  Config,
  | 'aggregationWindowMinutes'
  | 'regressionRules'
  | 'regressionResponseTimeFactor'
  | 'regressionErrorRateDelta'
  | 'regressionMinRequests'
>;

/** @param endpoint `METHOD route`, or a route; one explanation for each service and environment that has it. */
export async function explainEndpoint(
  store: Store,
  endpoint: string,
  filter: { readonly service?: string | undefined; readonly environment?: string | undefined },
  config: ExplainConfig,
  nowMs: number,
): Promise<EndpointExplanation[]> {
  const { aggregationWindowMinutes: minutes, regressionRules: rules } = config;
  const ratioOptions = ratioOptionsOf(config);
  const complete = lastCompleteWindow(nowMs, minutes);
  const window = (await lastClosedWindow(store, minutes, 0, complete.endMs))?.window ?? complete;
  const pairs = new Map((await readWindowPairs(store, window)).map((pair) => [nameOf(pair), pair]));
  const identities = (await endpointsNamed(store, window, endpoint)).filter(
    ({ service, environment }) =>
      (filter.service ?? service) === service && (filter.environment ?? environment) === environment,
  );
  const lengthMs = window.endMs - window.startMs;
  const deploys = await readDeploys(store, window.endMs);
  const scanAlerts = await latestScanAlerts(store, window.minutes, window.startMs - CURRENT_WINDOWS_MAX * lengthMs);
  const ratioAlerts = (await firingRegressions(store)).filter(({ rule }) => rule === 'ratio');
  const all = await readSeriesOf(store, window, 2 * windowsCompared(window.minutes), identities);
  return all.map((one) => {
    const { series, ...identity } = one;
    markDeploys(series, deploys(identity.service, identity.environment));
    const view = new EndpointView(series);
    const verdicts: RuleVerdict[] = [];
    for (const kind of ['response_time', 'error_rate'] as const) {
      if (rules.includes('scan')) {
        const alert = scanAlerts.findLast((alert) => alert.kind === kind && nameOf(alert) === nameOf(identity));
        const isFiring = alert?.state === 'firing';
        // Beside an alert that fires, too, the window is judged by itself.
        const known = alert === undefined || isFiring ? undefined : asAlert(alert);
        const { verdict, muted } = advanceAlert(view, kind, series.length - 1, known, SCAN_OPTIONS);
        if (verdict !== undefined) verdicts.push(ofScan(kind, verdict, isFiring, muted));
      }
      if (rules.includes('ratio')) {
        const pair = pairs.get(nameOf(identity));
        const isFiring = ratioAlerts.some((alert) => alert.kind === kind && nameOf(alert) === nameOf(identity));
        const none = { requests: 0, errors: 0, durationNsSum: 0 };
        const compared = ratio(pair?.baseline ?? none, pair?.current ?? none, ratioOptions);
        const comparison = kind === 'response_time' ? compared.responseTime : compared.errorRate;
        verdicts.push(ofRatio(comparison, isFiring, ratioOptions));
      }
    }
    return {
      service: identity.service,
      environment: identity.environment,
      endpoint: endpointName(identity.method, identity.route),
      windowStart: new Date(window.startMs).toISOString(),
      windowMinutes: window.minutes,
      verdicts,
    };
  });
}

function ofScan(kind: RegressionKind, verdict: StepVerdict, isFiring: boolean, muted: boolean): RuleVerdict {
  const scale = kind === 'response_time' ? 1e6 : 1;
  return {
    rule: 'scan',
    kind,
    state: isFiring ? 'firing' : verdict.fires && !muted ? 'fires' : 'quiet',
    reason: scanReason(verdict, muted),
    baseline: verdict.baseline / scale,
    current: verdict.current / scale,
    change: verdict.change,
    baselineRequests: verdict.baselineRequests,
    currentRequests: verdict.requests,
    z: Math.round(verdict.z * 100) / 100,
    zMin: verdict.zMin,
  };
}

function ofRatio(comparison: Comparison, isFiring: boolean, options: RatioOptions): RuleVerdict {
  const { kind, baseline, current, change, baselineRequests, currentRequests, regressed } = comparison;
  return {
    rule: 'ratio',
    kind,
    state: isFiring ? 'firing' : regressed ? 'fires' : 'quiet',
    reason: ratioReason(comparison, options),
    baseline,
    current,
    change: Number.isFinite(change) ? change : 0,
    baselineRequests,
    currentRequests,
    z: null,
    zMin: null,
  };
}
