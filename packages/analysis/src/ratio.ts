/** What a window knows of an endpoint. */
export interface EndpointSample {
  readonly requests: number;
  readonly errors: number;
  /** Sum over the requests, in nanoseconds. */
  readonly durationNsSum: number;
}

export interface RatioOptions {
  /** Average over baseline average above which response time has regressed. @default 2 */
  readonly responseTimeFactor: number;
  /** Increase of the error rate, as a fraction, above which it has regressed. @default 0.1 */
  readonly errorRateDelta: number;
  /** Requests that both windows must have; fewer is noise. 1 is no guard. @default 20 */
  readonly minRequests: number;
}

/** Why a comparison says less than it seems to. */
export type ComparisonWarning = 'too_few_requests' | 'no_baseline' | 'zero_baseline';

/** Two windows of one endpoint, compared; never a bare yes or no. */
export interface Comparison {
  readonly kind: 'response_time' | 'error_rate';
  /** Average milliseconds, or a rate as a fraction. */
  readonly baseline: number;
  readonly current: number;
  /** `current / baseline` for response time (1 when both are zero), `current - baseline` for the error rate. */
  readonly change: number;
  readonly baselineRequests: number;
  readonly currentRequests: number;
  readonly regressed: boolean;
  /** Empty when the comparison is as good as it looks. */
  readonly warnings: readonly ComparisonWarning[];
}

/**
 * The rule `ratio`: response time has regressed when the average exceeds `responseTimeFactor` times the baseline's, the
 * error rate when it exceeds the baseline's by more than `errorRateDelta`. Strictly: exactly twice is no regression.
 */
export function ratio(
  baseline: EndpointSample,
  current: EndpointSample,
  options: RatioOptions,
): { readonly responseTime: Comparison; readonly errorRate: Comparison } {
  const warnings: ComparisonWarning[] = [];
  if (baseline.requests === 0) warnings.push('no_baseline');
  if (Math.min(baseline.requests, current.requests) < options.minRequests) warnings.push('too_few_requests');
  const isComparable = warnings.length === 0 && baseline.requests > 0 && current.requests > 0;
  const sizes = { baselineRequests: baseline.requests, currentRequests: current.requests };

  const baselineMs = averageMs(baseline);
  const currentMs = averageMs(current);
  const baselineRate = errorRate(baseline);
  const currentRate = errorRate(current);
  return {
    responseTime: {
      kind: 'response_time',
      baseline: baselineMs,
      current: currentMs,
      change: baselineMs > 0 ? currentMs / baselineMs : currentMs > 0 ? Number.POSITIVE_INFINITY : 1,
      ...sizes,
      regressed: isComparable && baselineMs > 0 && currentMs > options.responseTimeFactor * baselineMs,
      warnings: baselineMs === 0 && baseline.requests > 0 ? [...warnings, 'zero_baseline'] : warnings,
    },
    errorRate: {
      kind: 'error_rate',
      baseline: baselineRate,
      current: currentRate,
      change: currentRate - baselineRate,
      ...sizes,
      regressed: isComparable && exceeds(currentRate, baselineRate + options.errorRateDelta),
      warnings,
    },
  };
}

/** `current > limit`, except for what binary fractions add: 0.3 does not exceed 0.2 + 0.1, nor the other way round. */
function exceeds(current: number, limit: number): boolean {
  return current - limit > 1e-12;
}

function averageMs(sample: EndpointSample): number {
  return sample.requests > 0 ? sample.durationNsSum / sample.requests / 1e6 : 0;
}

function errorRate(sample: EndpointSample): number {
  return sample.requests > 0 ? sample.errors / sample.requests : 0;
}
