/**
 * How much better a lasting step explains the latest windows than noise does, in the logarithm of a likelihood ratio.
 *
 *     residual                     ____x__x_x__        a step: one jump, and it stays
 *        ____x_x__x___            /
 *                     \_x_x__x_x_/
 *                                     x
 *        __x_x__x_x__x__x_x__x_x_/ \_x__x_x__x_        noise that remembers: one jump, and it fades
 *
 * Noise that carries over from window to window makes several bad ones in a row quite likely, so windows are not counted but
 * predicted from the one before (a Kalman filter of an AR(1) that is seen with sampling error). What the prediction missed is
 * independent from window to window; a step leaves its own trace in it, which the same filter gives. Surprises are
 * weighed by Student's t with 4 degrees of freedom, as latencies have outliers: one window, however bad, is weak evidence.
 */
import type { Baseline } from './baseline.ts';
import { type EndpointSeries, hourOfWindow } from './endpoint-series.ts';
import type { Signal } from './signal.ts';

export interface StepEvidence {
  /** The window in which the step begins. */
  readonly onset: number;
  /** Its size: a difference of logarithms. */
  readonly step: number;
  /** Logarithm of the likelihood ratio, maximised over the size. */
  readonly logLikelihoodRatio: number;
}

/** Windows by which the filter settles before the first onset that is tried. */
export const SETTLE_WINDOWS = 24;
const DEGREES_OF_FREEDOM = 4;
const HALF_POWER = (DEGREES_OF_FREEDOM + 1) / 2;
/** Sizes that are tried, from +8 % to a factor of 20, each 1.25 times the one before. */
const STEPS = Array.from({ length: 17 }, (_, index) => 0.08 * 1.254 ** index);

/** What the filter says of the windows `first` to `end`: surprise, and the deviation that it should have. */
export class Surprises {
  readonly first: number;
  readonly end: number;
  readonly surprise: Float64Array;
  /** 0 for a window without a value. */
  readonly deviation: Float64Array;
  private readonly gain: Float64Array;
  private readonly correlation: number;

  constructor(series: EndpointSeries, signal: Signal, baseline: Baseline, first: number, end: number) {
    const { hourVariance, correlation, requestVariance, level, pattern, levelError } = baseline;
    this.first = first;
    this.end = end;
    this.correlation = correlation;
    const length = end - first + 1;
    this.surprise = new Float64Array(length);
    this.deviation = new Float64Array(length);
    this.gain = new Float64Array(length);
    let state = 0;
    let variance = hourVariance;
    for (let at = 0; at < length; at++) {
      const index = first + at;
      const count = signal.requests[index]!;
      if (count > 0) {
        const residual = signal.values[index]! - level - pattern[hourOfWindow(series, index)]! - levelError;
        const total = variance + requestVariance / count;
        const gain = variance / total;
        this.surprise[at] = residual - state;
        this.deviation[at] = Math.sqrt(total);
        this.gain[at] = gain;
        state += gain * (residual - state);
        variance *= 1 - gain;
      }
      state *= correlation;
      variance = correlation * correlation * variance + (1 - correlation * correlation) * hourVariance;
    }
  }

  /** For a step that begins in the window `onset`; the size is never negative. */
  evidence(onset: number, sizes: readonly number[] = STEPS): StepEvidence {
    const trace = this.traceOf(onset);
    let best = Number.NEGATIVE_INFINITY;
    let at = 0;
    for (let index = 0; index < sizes.length; index++) {
      const value = this.logLikelihoodRatio(onset, trace, sizes[index]!);
      if (value <= best) continue;
      best = value;
      at = index;
    }
    return { onset, step: sizes[at]!, logLikelihoodRatio: best };
  }

  /** Of the step's size, by golden section between the neighbours of the best size on the grid. */
  refined({ onset, step }: StepEvidence): StepEvidence {
    const trace = this.traceOf(onset);
    let low = step / 1.254;
    let high = step * 1.254;
    for (let round = 0; round < 12; round++) {
      const left = low + 0.382 * (high - low);
      const right = high - 0.382 * (high - low);
      if (this.logLikelihoodRatio(onset, trace, left) > this.logLikelihoodRatio(onset, trace, right)) high = right;
      else low = left;
    }
    const size = (low + high) / 2;
    return { onset, step: size, logLikelihoodRatio: this.logLikelihoodRatio(onset, trace, size) };
  }

  /** What a step of size 1 adds to each surprise from its onset on. */
  private traceOf(onset: number): Float64Array {
    const from = onset - this.first;
    const trace = new Float64Array(this.surprise.length - from);
    let state = 0;
    for (let at = 0; at < trace.length; at++) {
      trace[at] = 1 - state;
      if (this.deviation[from + at]! > 0) state += this.gain[from + at]! * (1 - state);
      state *= this.correlation;
    }
    return trace;
  }

  private logLikelihoodRatio(onset: number, trace: Float64Array, size: number): number {
    const from = onset - this.first;
    // Two products in place of many logarithms; at most a few dozen factors, each far from overflow.
    let without = 1;
    let with_ = 1;
    for (let at = 0; at < trace.length; at++) {
      const deviation = this.deviation[from + at]!;
      if (deviation === 0) continue;
      const surprise = this.surprise[from + at]!;
      const left = surprise / deviation;
      const right = (surprise - size * trace[at]!) / deviation;
      without *= 1 + (left * left) / DEGREES_OF_FREEDOM;
      with_ *= 1 + (right * right) / DEGREES_OF_FREEDOM;
    }
    return HALF_POWER * Math.log(without / with_);
  }
}
