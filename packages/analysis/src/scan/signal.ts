/**
 * A signal: one number a window that moves when an endpoint becomes slower, with its sampling error. There are two, both
 * natural logarithms of nanoseconds, so that a step of +20 % is the same at 5 ms and at 5 s.
 *
 * - `typical`: the mean of the logarithms. Its error falls as sd / sqrt(n); a Pareto tail, which makes an average useless, is
 *   tamed by the logarithm.
 * - `tail`: p95 from the sketch. By the asymptotics of order statistics its error is sqrt(p (1 - p) / n) times the slope of
 *   the quantile function, which is read from p90 and p97.5.
 *
 * What one request contributes to the error is learned over many windows, since a single one knows it badly.
 */
import type { EndpointSeries } from './endpoint-series.ts';

export type SignalName = 'typical' | 'tail';

export interface Signal {
  readonly name: SignalName;
  /** Logarithm of nanoseconds; anything where `requests` is 0. */
  readonly values: Float64Array;
  /** Requests behind each value; 0 where the window has too few to say anything. */
  readonly requests: Float64Array;
  /** Variance of a value that rests on one request, from the windows `from` up to, not including, `until`. */
  requestVariance(from: number, until: number): number;
}

/** A window with fewer requests has no mean worth looking at. */
const TYPICAL_REQUESTS_MIN = 5;
/** With fewer, p95 is the largest value or the one below. */
const TAIL_REQUESTS_MIN = 40;
const TAIL_LEVEL = 0.95;
/** The sketch's own rounding, 7 bits of mantissa, is uniform within 1/128: this is its variance, in logarithms. */
const SKETCH_VARIANCE = (1 / 128) ** 2 / 12;

export function typicalSignal(series: EndpointSeries): Signal {
  const { length } = series;
  const values = new Float64Array(length);
  const requests = new Float64Array(length);
  const squares = new Float64Array(length + 1);
  const freedom = new Float64Array(length + 1);
  for (let index = 0; index < length; index++) {
    const count = series.requests[index]!;
    squares[index + 1] = squares[index]!;
    freedom[index + 1] = freedom[index]!;
    if (count < TYPICAL_REQUESTS_MIN) continue;
    const mean = series.logMicrosSum[index]! / count / 1e6;
    values[index] = mean;
    requests[index] = count;
    squares[index + 1]! += Math.max(0, series.logSquaredMicrosSum[index]! / 1e6 - count * mean * mean);
    freedom[index + 1]! += count - 1;
  }
  return {
    name: 'typical',
    values,
    requests,
    requestVariance: (from, until) => ratioOf(squares, freedom, from, until),
  };
}

export function tailSignal(series: EndpointSeries): Signal {
  const { length } = series;
  const values = new Float64Array(length);
  const requests = new Float64Array(length);
  const slopes = new Float64Array(length + 1);
  const weights = new Float64Array(length + 1);
  for (let index = 0; index < length; index++) {
    const count = series.requests[index]!;
    slopes[index + 1] = slopes[index]!;
    weights[index + 1] = weights[index]!;
    if (count < TAIL_REQUESTS_MIN) continue;
    const slope = Math.log(series.p975Ns[index]! / series.p90Ns[index]!) / 0.075;
    // The nearest rank of a small sample lies below its level on average; a rate that varies must not move the signal.
    const meanLevel = Math.ceil(TAIL_LEVEL * count) / (count + 1);
    values[index] = Math.log(series.p95Ns[index]!) + (TAIL_LEVEL - meanLevel) * slope;
    requests[index] = count;
    slopes[index + 1]! += slope * count;
    weights[index + 1]! += count;
  }
  return {
    name: 'tail',
    values,
    requests,
    requestVariance: (from, until) =>
      TAIL_LEVEL * (1 - TAIL_LEVEL) * ratioOf(slopes, weights, from, until) ** 2 + SKETCH_VARIANCE,
  };
}

/** Quotient of two sums over windows, each from its running totals. */
function ratioOf(above: Float64Array, below: Float64Array, from: number, until: number): number {
  const weight = below[until]! - below[from]!;
  return weight > 0 ? Math.max(0, above[until]! - above[from]!) / weight : 0;
}
