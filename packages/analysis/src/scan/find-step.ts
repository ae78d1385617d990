/** Whether the latest windows of one signal are a step up, and if not, why not. */
import type { Baseline } from './baseline.ts';
import { hourOfWindow } from './endpoint-series.ts';
import type { EndpointView } from './endpoint-view.ts';
import type { ScanOptions } from './scan-options.ts';
import type { Signal, SignalName } from './signal.ts';
import { SETTLE_WINDOWS, type StepEvidence, Surprises } from './step-evidence.ts';

export type WhyNot =
  /** The window has too few requests for this signal. */
  | 'no_value'
  | 'short_baseline'
  /** The last two windows are not above the baseline by half the smallest step. */
  | 'not_elevated'
  | 'small_step'
  | 'few_requests'
  /** Noise explains it well enough. */
  | 'weak_evidence'
  /** The last two windows are below half the step: it is over already, or fades. */
  | 'fading';

export interface StepVerdict {
  readonly signal: SignalName | 'errors';
  readonly fires: boolean;
  /** `undefined` when it fires. */
  readonly whyNot: WhyNot | undefined;
  /** Index of the window in which the step begins; -1 when none was looked for. */
  readonly onset: number;
  /** Whether a new version answered first in that window. */
  readonly atDeploy: boolean;
  /** Current over baseline, for errors current minus baseline. */
  readonly change: number;
  /** Nanoseconds, at the hour of the last window; for errors a rate. */
  readonly baseline: number;
  readonly current: number;
  /** Evidence: sqrt(2 x logarithm of the likelihood ratio). */
  readonly z: number;
  readonly zMin: number;
  /** Since the onset. */
  readonly windows: number;
  readonly requests: number;
  readonly baselineWindows: number;
  readonly baselineRequests: number;
}

/** Lengths that are tried: finer where windows are few. */
const LENGTHS = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24];

/** @param end the last window; nothing behind it is read */
export function findStep(view: EndpointView, signal: Signal, end: number, options: ScanOptions): StepVerdict {
  const { series } = view;
  const until = view.baselineUntil(end);
  const baseline = view.baseline(signal, until);
  const stepMin = Math.log(options.factorMin);
  const expected = baseline.level + baseline.pattern[hourOfWindow(series, end)]!;
  const rejected = (whyNot: WhyNot, found?: StepEvidence): StepVerdict =>
    verdict(view, signal, end, baseline, expected, options, whyNot, found);

  if (signal.requests[end] === 0 || baseline.windows === 0) {
    return rejected(signal.requests[end] === 0 ? 'no_value' : 'short_baseline');
  }
  if (baseline.windows < options.baselineWindowsMin) return rejected('short_baseline');
  const elevation = lastTwo(view, signal, end, until, baseline)?.low ?? Number.NaN;
  if (!(elevation >= stepMin / 2)) return rejected('not_elevated');

  const lengthMax = view.currentWindows(end);
  const first = Math.max(baseline.from, end + 1 - lengthMax - SETTLE_WINDOWS);
  const surprises = new Surprises(series, signal, baseline, first, end);
  let best: StepEvidence | undefined;
  let bestMargin = Number.NEGATIVE_INFINITY;
  const attempt = (length: number) => {
    const onset = end + 1 - length;
    // Caches are cold after a deploy, which the slowest requests feel: they get one more window to warm up.
    if (length === 2 && signal.name === 'tail' && series.deploys[onset] === 1) return;
    if (length > lengthMax || onset < baseline.from || (signal.requests[onset] === 0 && length > 2)) return;
    const found = surprises.evidence(onset);
    const margin = zOf(found) - zMinAt(series.deploys, onset, options);
    if (margin <= bestMargin) return;
    best = found;
    bestMargin = margin;
  };
  for (const length of LENGTHS) attempt(length);
  for (let length = 2; length <= lengthMax; length++) if (series.deploys[end + 1 - length] === 1) attempt(length);
  if (best === undefined) return rejected('short_baseline');

  const found = surprises.refined(best);
  if (requestsSince(signal, found.onset, end) < options.requestsMin) return rejected('few_requests', found);
  if (zOf(found) < zMinAt(series.deploys, found.onset, options)) return rejected('weak_evidence', found);
  if (found.step < stepMin || Math.exp(expected) * (Math.exp(found.step) - 1) < options.stepNsMin) {
    return rejected('small_step', found);
  }
  if (elevation < found.step / 2) return rejected('fading', found);
  return verdict(view, signal, end, baseline, expected, options, undefined, found);
}

/** The last two values, above the baseline at their hours; `undefined` where there are not two since `from`. */
export function lastTwo(
  view: EndpointView,
  signal: Signal,
  end: number,
  from: number,
  baseline: Baseline,
): LastTwo | undefined {
  const seen: number[] = [];
  for (let index = end; index >= from && seen.length < 2; index--) {
    if (signal.requests[index] === 0) continue;
    seen.push(signal.values[index]! - baseline.level - baseline.pattern[hourOfWindow(view.series, index)]!);
  }
  return seen.length < 2 ? undefined : { low: Math.min(...seen), high: Math.max(...seen) };
}

export interface LastTwo {
  readonly low: number;
  readonly high: number;
}

function zOf({ logLikelihoodRatio }: StepEvidence): number {
  return Math.sqrt(2 * Math.max(0, logLikelihoodRatio));
}

function zMinAt(deploys: Uint8Array, onset: number, options: ScanOptions): number {
  return deploys[onset] === 1 ? options.zDeployMin : options.zMin;
}

function requestsSince(signal: Signal, onset: number, end: number): number {
  let sum = 0;
  for (let index = onset; index <= end; index++) sum += signal.requests[index]!;
  return sum;
}

function verdict(
  { series }: EndpointView,
  signal: Signal,
  end: number,
  baseline: Baseline,
  expected: number,
  options: ScanOptions,
  whyNot: WhyNot | undefined,
  found: StepEvidence | undefined,
): StepVerdict {
  const onset = found?.onset ?? -1;
  const step = found?.step ?? (signal.requests[end]! > 0 && baseline.windows > 0 ? signal.values[end]! - expected : 0);
  return {
    signal: signal.name,
    fires: whyNot === undefined,
    whyNot,
    onset,
    atDeploy: onset >= 0 && series.deploys[onset] === 1,
    change: Math.exp(step),
    baseline: baseline.windows > 0 ? Math.exp(expected) : 0,
    current: baseline.windows > 0 ? Math.exp(expected + step) : 0,
    z: found === undefined ? 0 : zOf(found),
    zMin: zMinAt(series.deploys, onset, options),
    windows: onset >= 0 ? end + 1 - onset : 1,
    requests: onset >= 0 ? requestsSince(signal, onset, end) : signal.requests[end]!,
    baselineWindows: baseline.windows,
    baselineRequests: baseline.requests,
  };
}
