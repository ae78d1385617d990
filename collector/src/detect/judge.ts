/**
 * What a closed window changes: pure, so that the same window judged again changes nothing.
 *
 *     inactive --regressed against the window before--> firing --back under the rule against its baseline--> resolved
 *
 * A firing alert is compared with the baseline that it fired with, not with the window before, which may have regressed
 * already. A window with too few requests says nothing: no alert fires, none resolves.
 */
import { type Comparison, type EndpointSample, type RatioOptions, ratio } from '@profiler/analysis';
import type { Regression, RegressionKind } from './regression.ts';
import type { Window } from './window.ts';
import type { WindowPair } from './window-pair.ts';

export interface Judgement {
  readonly opened: readonly { readonly pair: WindowPair; readonly comparison: Comparison }[];
  readonly kept: readonly Regression[];
  readonly resolved: readonly Regression[];
}

type Identity = Pick<Regression, 'service' | 'environment' | 'method' | 'route'>;

export function judge(
  window: Window,
  pairs: readonly WindowPair[],
  firing: readonly Regression[],
  options: RatioOptions,
): Judgement {
  const samples = new Map(pairs.map((pair) => [identity(pair), pair.current]));
  const kept: Regression[] = [];
  const resolved: Regression[] = [];
  for (const alert of firing) {
    const current = samples.get(identity(alert));
    if (current !== undefined && isOver(alert, current, window, options)) {
      resolved.push({ ...alert, state: 'resolved', resolvedAt: new Date(window.startMs).toISOString() });
    } else kept.push(alert);
  }
  const known = new Set(firing.map((alert) => `${alert.kind} ${identity(alert)}`));
  const opened = pairs.flatMap((pair) => {
    const { responseTime, errorRate } = ratio(pair.baseline, pair.current, options);
    return [responseTime, errorRate]
      .filter(({ regressed, kind }) => regressed && !known.has(`${kind} ${identity(pair)}`))
      .map((comparison) => ({ pair, comparison }));
  });
  return { opened, kept, resolved };
}

function isOver(alert: Regression, current: EndpointSample, window: Window, options: RatioOptions): boolean {
  if (Date.parse(alert.windowStart) > window.startMs || current.requests < options.minRequests) return false;
  const comparisons = ratio(firedBaseline(alert, options), current, options);
  return !comparison(comparisons, alert.kind).regressed;
}

/** The baseline's average and rate as a sample. Its size was enough when it fired, whatever the setting is now. */
function firedBaseline(alert: Regression, { minRequests }: RatioOptions): EndpointSample {
  const requests = Math.max(alert.baselineRequests, minRequests);
  return alert.kind === 'response_time'
    ? { requests, errors: 0, durationNsSum: alert.baseline * 1e6 * requests }
    : { requests, errors: alert.baseline * requests, durationNsSum: 0 };
}

function comparison(of: ReturnType<typeof ratio>, kind: RegressionKind): Comparison {
  return kind === 'response_time' ? of.responseTime : of.errorRate;
}

function identity({ service, environment, method, route }: Identity): string {
  return JSON.stringify([service, environment, method, route]);
}
