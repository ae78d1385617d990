import { type Baseline, baselineOf } from './baseline.ts';
import type { EndpointSeries } from './endpoint-series.ts';
import { type Signal, tailSignal, typicalSignal } from './signal.ts';

/** Latest windows that are looked at for a step, and that the baseline leaves out. */
export const CURRENT_WINDOWS_MAX = 24;
const WINDOWS_MAX = 336;
const LONG_WINDOWS_MIN = 48;

/** Windows of a baseline: two weeks of hours; as many of shorter windows; of longer ones two weeks, but 48 at least. */
export function baselineWindowsMax(windowMinutes: number): number {
  return windowMinutes <= 60 ? WINDOWS_MAX : Math.max(LONG_WINDOWS_MIN, Math.floor((WINDOWS_MAX * 60) / windowMinutes));
}
/** A baseline ends at a multiple of this, so that it is computed for several windows at once, the same for whoever asks. */
const BASELINE_STRIDE = 6;

/** An endpoint's series, its signals, and their baselines, each computed once. */
export class EndpointView {
  readonly series: EndpointSeries;
  readonly typical: Signal;
  readonly tail: Signal;
  private readonly known = new Map<Signal, Baseline>();
  private readonly begin: number;
  private readonly aligned: number;

  constructor(series: EndpointSeries) {
    this.series = series;
    this.typical = typicalSignal(series);
    this.tail = tailSignal(series);
    const begin = series.requests.findIndex((count) => count > 0);
    this.begin = begin < 0 ? series.length : begin;
    this.aligned = Math.round(series.startMs / (series.windowMinutes * 60_000)) % BASELINE_STRIDE;
  }

  /** Latest windows that may be one step when `end` is the last: fewer while the endpoint is young. */
  currentWindows(end: number): number {
    return Math.max(0, Math.min(CURRENT_WINDOWS_MAX, Math.floor((end + 1 - this.begin) / 3)));
  }

  /** Where the baseline of the window `end` ends. */
  baselineUntil(end: number): number {
    const current = this.currentWindows(end);
    const until = end + 1 - current;
    if (current < CURRENT_WINDOWS_MAX) return until;
    return Math.max(this.begin, until - ((until + this.aligned) % BASELINE_STRIDE));
  }

  baseline(signal: Signal, until: number): Baseline {
    const known = this.known.get(signal);
    if (known?.until === until) return known;
    const from = Math.min(until, Math.max(this.begin, until - baselineWindowsMax(this.series.windowMinutes)));
    const shared = signal === this.tail ? this.baseline(this.typical, until) : undefined;
    const baseline = baselineOf(this.series, signal, from, until, shared);
    this.known.set(signal, baseline);
    return baseline;
  }
}
