/**
 * What an endpoint is like when nothing is wrong: a level, a pattern over the hours of the day, a slow drift, and the noise
 * around them. Medians throughout, so that an incident in the past neither raises the level nor widens the noise.
 *
 *     value(window) = level + pattern[hour] + noise,   noise = AR(1) of variance hourVariance + sampling error
 */
import { type EndpointSeries, hourOfWindow } from './endpoint-series.ts';
import { median } from './median.ts';
import type { Signal } from './signal.ts';

export interface Baseline {
  /** Windows `from` up to, not including, `until`; `windows` of them have a value. */
  readonly from: number;
  readonly until: number;
  readonly windows: number;
  /** Logarithm of nanoseconds, at the end of the baseline. */
  readonly level: number;
  /** Deviation from the level by hour of the day, 24 numbers. */
  readonly pattern: Float64Array;
  /** Variance from window to window beyond the sampling error. */
  readonly hourVariance: number;
  /** Correlation of that noise between one window and the next, 0 to 0.95. */
  readonly correlation: number;
  /** Variance of a value that rests on one request. */
  readonly requestVariance: number;
  /** Standard error of the level. */
  readonly levelError: number;
  readonly requests: number;
}

/** Days of the same hour that make the pattern worth half of what it says. */
const PATTERN_SHRINK_DAYS = 3;
/** The drift is the median of this many of the last windows, and half of it is believed. */
const DRIFT_WINDOWS = 96;
const DRIFT_SHARE = 0.5;
/** What is usual, and is believed as if so many windows had said so: 5 % from hour to hour, half of it carried over. */
const HOUR_VARIANCE_PRIOR = 0.05 ** 2;
const CORRELATION_PRIOR = 0.5;
const PRIOR_WINDOWS = 24;
const CORRELATION_MAX = 0.9;
/** Median absolute deviation to standard deviation, for the normal distribution. */
const DEVIATION = 1.4826;
/** Residuals are clipped here, in deviations, before they are multiplied. */
const CLIP = 3;
/** Variance of a median over that of a mean, for the normal distribution. */
const MEDIAN_COST = Math.PI / 2;

/**
 * @param shared baseline of a signal with less sampling error: what slows all requests moves both, so this one's noise of the
 * hours is at least as large, and carries over alike
 */
export function baselineOf(
  series: EndpointSeries,
  signal: Signal,
  from: number,
  until: number,
  shared?: Baseline,
): Baseline {
  const { values, requests } = signal;
  const scratch = new Float64Array(until - from);
  let windows = 0;
  let requestsSum = 0;
  let inverseSum = 0;
  for (let index = from; index < until; index++) {
    if (requests[index]! === 0) continue;
    scratch[windows++] = values[index]!;
    requestsSum += requests[index]!;
    inverseSum += 1 / requests[index]!;
  }
  let level = median(scratch, windows);
  const pattern = patternOf(series, signal, from, until, level, scratch);

  const residuals = new Float64Array(until - from);
  for (let index = from; index < until; index++) {
    residuals[index - from] = values[index]! - level - pattern[hourOfWindow(series, index)]!;
  }
  let recent = 0;
  for (let index = until - 1; index >= from && recent < DRIFT_WINDOWS; index--) {
    if (requests[index]! > 0) scratch[recent++] = residuals[index - from]!;
  }
  if (windows >= 2 * DRIFT_WINDOWS) level += DRIFT_SHARE * median(scratch, recent);

  const requestVariance = signal.requestVariance(from, until);
  const samplingVariance = windows > 0 ? requestVariance * (inverseSum / windows) : 0;
  const noise = noiseOf(residuals, requests, from, scratch);
  const { hourVariance, correlation } = hourNoise(noise, samplingVariance, windows, shared);
  const longRun = (hourVariance * (1 + correlation)) / (1 - correlation) + samplingVariance;
  return {
    from,
    until,
    windows,
    level,
    pattern,
    hourVariance,
    correlation,
    requestVariance,
    levelError: windows > 0 ? Math.sqrt((MEDIAN_COST * longRun) / windows) : Number.POSITIVE_INFINITY,
    requests: requestsSum,
  };
}

/** Medians of each hour and its two neighbours over the days, drawn to none at all where there are few days. */
function patternOf(
  series: EndpointSeries,
  signal: Signal,
  from: number,
  until: number,
  level: number,
  scratch: Float64Array,
): Float64Array {
  const pattern = new Float64Array(24);
  const byHour: number[][] = Array.from({ length: 24 }, () => []);
  for (let index = from; index < until; index++) {
    if (signal.requests[index]! > 0) byHour[hourOfWindow(series, index)]!.push(signal.values[index]! - level);
  }
  const windowsPerHour = Math.max(1, 60 / series.windowMinutes);
  for (let hour = 0; hour < 24; hour++) {
    let count = 0;
    for (const near of [byHour[(hour + 23) % 24]!, byHour[hour]!, byHour[(hour + 1) % 24]!]) {
      for (const value of near) scratch[count++] = value;
    }
    if (count === 0) continue;
    const days = byHour[hour]!.length / windowsPerHour;
    pattern[hour] = (median(scratch, count) * days) / (days + PATTERN_SHRINK_DAYS);
  }
  return pattern;
}

/** Robust variance of the residuals, and covariance of neighbours. */
function noiseOf(residuals: Float64Array, requests: Float64Array, from: number, scratch: Float64Array) {
  let count = 0;
  for (let index = 0; index < residuals.length; index++) {
    if (requests[from + index]! > 0) scratch[count++] = Math.abs(residuals[index]!);
  }
  const deviation = count > 0 ? DEVIATION * median(scratch, count) : 0;
  const clipped = (index: number) => Math.max(-CLIP * deviation, Math.min(CLIP * deviation, residuals[index]!));
  let pairs = 0;
  let products = 0;
  let squares = 0;
  for (let index = 0; index < residuals.length; index++) {
    if (requests[from + index]! > 0) squares += clipped(index) ** 2;
  }
  for (let index = 1; index < residuals.length; index++) {
    if (requests[from + index]! === 0 || requests[from + index - 1]! === 0) continue;
    pairs++;
    products += clipped(index) * clipped(index - 1);
  }
  return {
    variance: deviation * deviation,
    clippedVariance: count > 0 ? squares / count : 0,
    covariance: pairs > 0 ? products / pairs : 0,
  };
}

/** Noise beyond the sampling error, drawn to what is usual where there are few windows. */
function hourNoise(
  { variance, clippedVariance, covariance }: ReturnType<typeof noiseOf>,
  samplingVariance: number,
  windows: number,
  shared: Baseline | undefined,
) {
  // Sampling error is alike in neighbours by chance only, so that what they share is noise of the hours, too.
  const own = Math.max(variance - samplingVariance, 0.1 * variance, covariance / CORRELATION_MAX);
  const weight = windows / (windows + PRIOR_WINDOWS);
  const hourVariance = Math.max(weight * own + (1 - weight) * HOUR_VARIANCE_PRIOR, shared?.hourVariance ?? 0);
  if (shared !== undefined) return { hourVariance, correlation: shared.correlation };
  const clippedHourVariance = Math.max(clippedVariance - samplingVariance, 0.1 * clippedVariance, 1e-9);
  const measured = Math.min(CORRELATION_MAX, Math.max(0, covariance / clippedHourVariance));
  return { hourVariance, correlation: weight * measured + (1 - weight) * CORRELATION_PRIOR };
}
