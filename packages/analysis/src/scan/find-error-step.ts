/**
 * Whether the latest windows fail more often than the baseline did. Errors come in bursts, so a window's rate varies more than
 * the binomial says (beta-binomial): requests are counted as fewer, by the design effect that the baseline shows. The
 * evidence is the likelihood ratio of two rates, the same as a logit's where errors are many, and right where they are few.
 */
import { baselineWindowsMax, type EndpointView } from './endpoint-view.ts';
import type { LastTwo, StepVerdict, WhyNot } from './find-step.ts';
import type { ScanOptions } from './scan-options.ts';

/** Odds of an error over the baseline's odds, at least. */
const ODDS_RATIO_MIN = 1.5;
/** What a baseline without a single error is taken to have had. */
const PRIOR_ERRORS = 0.5;
const LENGTHS = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24];

export interface ErrorBaseline {
  readonly rate: number;
  readonly windows: number;
  readonly requests: number;
  /** Correlation between the requests of a window, the beta-binomial's 1 / (a + b + 1). */
  readonly correlation: number;
}

export function errorBaseline({ series }: EndpointView, from: number, until: number): ErrorBaseline {
  let windows = 0;
  let requests = 0;
  let errors = 0;
  for (let index = from; index < until; index++) {
    if (series.requests[index] === 0) continue;
    windows++;
    requests += series.requests[index]!;
    errors += series.errors[index]!;
  }
  const rate = (errors + PRIOR_ERRORS) / (requests + 2 * PRIOR_ERRORS);
  // Moments: E (e - n p)^2 = n p (1 - p) (1 + (n - 1) correlation).
  let excess = 0;
  let weight = 0;
  for (let index = from; index < until; index++) {
    const count = series.requests[index]!;
    if (count < 2) continue;
    const variance = count * rate * (1 - rate);
    excess += (series.errors[index]! - count * rate) ** 2 - variance;
    weight += variance * (count - 1);
  }
  const correlation = weight > 0 ? Math.min(0.5, Math.max(0, excess / weight)) : 0;
  return { rate, windows, requests, correlation };
}

export function findErrorStep(view: EndpointView, end: number, options: ScanOptions): StepVerdict {
  const { series } = view;
  const until = view.baselineUntil(end);
  const from = Math.max(0, until - baselineWindowsMax(series.windowMinutes));
  const baseline = errorBaseline(view, from, until);
  const rateOf = (index: number) => (series.requests[index]! > 0 ? series.errors[index]! / series.requests[index]! : 0);
  let best = {
    onset: -1,
    z: 0,
    zMin: options.zMin + options.zErrorsMore,
    rate: rateOf(end),
    requests: series.requests[end]!,
  };
  const verdict = (whyNot: WhyNot | undefined): StepVerdict => ({
    signal: 'errors',
    fires: whyNot === undefined,
    whyNot,
    onset: best.onset,
    atDeploy: best.onset >= 0 && series.deploys[best.onset] === 1,
    change: best.rate - baseline.rate,
    baseline: baseline.rate,
    current: best.rate,
    z: best.z,
    zMin: best.zMin,
    windows: best.onset >= 0 ? end + 1 - best.onset : 1,
    requests: best.requests,
    baselineWindows: baseline.windows,
    baselineRequests: baseline.requests,
  });

  if (series.requests[end] === 0) return verdict('no_value');
  if (baseline.windows < options.baselineWindowsMin) return verdict('short_baseline');
  const elevation = lastTwoErrorRates(view, end, until, baseline.rate)?.low ?? Number.NaN;
  if (!(elevation >= options.errorRateStepMin / 2)) return verdict('not_elevated');

  const lengthMax = view.currentWindows(end);
  let margin = Number.NEGATIVE_INFINITY;
  const attempt = (length: number) => {
    const onset = end + 1 - length;
    const zMin = options.zErrorsMore + (series.deploys[onset] === 1 ? options.zDeployMin : options.zMin);
    const { z, rate, requests } = evidence(view, onset, end, baseline);
    if (z - zMin <= margin) return;
    margin = z - zMin;
    best = { onset, z, zMin, rate, requests };
  };
  for (const length of LENGTHS) if (length <= lengthMax) attempt(length);
  for (let length = 2; length <= lengthMax; length++) if (series.deploys[end + 1 - length] === 1) attempt(length);
  if (best.onset < 0) return verdict('short_baseline');
  if (best.requests < options.requestsMin) return verdict('few_requests');
  if (best.z < best.zMin) return verdict('weak_evidence');
  const odds = (rate: number) => rate / (1 - rate);
  if (best.rate - baseline.rate < options.errorRateStepMin || odds(best.rate) < ODDS_RATIO_MIN * odds(baseline.rate)) {
    return verdict('small_step');
  }
  if (elevation < (best.rate - baseline.rate) / 2) return verdict('fading');
  return verdict(undefined);
}

/** The last two windows' rates, less the baseline's; `undefined` where there are not two since `from`. */
export function lastTwoErrorRates(
  { series }: EndpointView,
  end: number,
  from: number,
  rate: number,
): LastTwo | undefined {
  const seen: number[] = [];
  for (let index = end; index >= from && seen.length < 2; index--) {
    if (series.requests[index]! > 0) seen.push(series.errors[index]! / series.requests[index]! - rate);
  }
  return seen.length < 2 ? undefined : { low: Math.min(...seen), high: Math.max(...seen) };
}

/** Signed root of the likelihood ratio of the current rate against a baseline that is itself only estimated. */
function evidence({ series }: EndpointView, onset: number, end: number, baseline: ErrorBaseline) {
  let requests = 0;
  let errors = 0;
  let effective = 0;
  let effectiveErrors = 0;
  for (let index = onset; index <= end; index++) {
    const count = series.requests[index]!;
    if (count === 0) continue;
    const effect = 1 + (count - 1) * baseline.correlation;
    requests += count;
    errors += series.errors[index]!;
    effective += count / effect;
    effectiveErrors += series.errors[index]! / effect;
  }
  const rate = requests > 0 ? errors / requests : 0;
  const known =
    baseline.requests / (1 + (baseline.requests / Math.max(1, baseline.windows) - 1) * baseline.correlation);
  const knownErrors = known * baseline.rate;
  const pooled = (effectiveErrors + knownErrors) / (effective + known);
  const ratio =
    likelihood(effectiveErrors, effective, effectiveErrors / Math.max(effective, 1e-9)) +
    likelihood(knownErrors, known, baseline.rate) -
    likelihood(effectiveErrors + knownErrors, effective + known, pooled);
  return { rate, requests, z: rate > baseline.rate ? Math.sqrt(2 * Math.max(0, ratio)) : 0 };
}

function likelihood(errors: number, requests: number, rate: number): number {
  const term = (count: number, share: number) => (count > 0 ? count * Math.log(share) : 0);
  return term(errors, rate) + term(requests - errors, 1 - rate);
}
