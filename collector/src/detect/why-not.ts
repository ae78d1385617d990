/** Why a rule does or does not fire, in a sentence with the numbers that decided. */
import { type Comparison, type RatioOptions, SCAN_OPTIONS, type StepVerdict } from '@profiler/analysis';

export function scanReason(verdict: StepVerdict, muted: boolean): string {
  const { signal, change, baseline, current, z, zMin, windows, requests, baselineWindows } = verdict;
  const isRate = signal === 'errors';
  const shown = (value: number) => (isRate ? percent(value) : `${(value / 1e6).toFixed(1)} ms`);
  const what = { typical: 'the geometric mean', tail: 'p95', errors: 'the error rate' }[signal];
  const size = isRate ? `${(change * 100).toFixed(1)} points` : `${((change - 1) * 100).toFixed(1)} %`;
  const smallest = isRate
    ? `${SCAN_OPTIONS.errorRateStepMin * 100} point and 1.5 times the odds`
    : `${((SCAN_OPTIONS.factorMin - 1) * 100).toFixed(0)} % and ${SCAN_OPTIONS.stepNsMin / 1e6} ms`;
  const step = `${what} went from ${shown(baseline)} to ${shown(current)} (${size}) over ${windows} windows`;
  const evidence = `z ${z.toFixed(2)} of ${zMin.toFixed(2)} asked for`;
  if (muted) return `${step}, but that was told less than ${24} windows ago, and is not half as large again`;
  switch (verdict.whyNot) {
    case undefined:
      return `${step}: ${evidence}`;
    case 'no_value':
      return 'the window has too few requests to be compared';
    case 'short_baseline':
      return `${baselineWindows} windows with requests are known before, ${SCAN_OPTIONS.baselineWindowsMin} are asked for`;
    case 'not_elevated':
      return `${what} is ${shown(current)}, ${shown(baseline)} are usual: the last two windows are not both above by half of ${smallest}`;
    case 'few_requests':
      return `${step}, but with ${requests} requests; ${SCAN_OPTIONS.requestsMin} are asked for`;
    case 'small_step':
      return `${step}, which is less than ${smallest}`;
    case 'weak_evidence':
      return `${step}, but noise explains that: ${evidence}`;
    case 'fading':
      return `${step}, but the last two windows are not both above half of it: it fades`;
  }
}

export function ratioReason(comparison: Comparison, options: RatioOptions): string {
  const { kind, baseline, current, change, baselineRequests, currentRequests, warnings, regressed } = comparison;
  if (currentRequests === 0) return 'the window has no requests';
  if (warnings.includes('no_baseline')) return 'the window before has no requests';
  if (warnings.includes('too_few_requests')) {
    return `${baselineRequests} requests before and ${currentRequests} in the window; ${options.minRequests} are asked for in both`;
  }
  const verdict = regressed ? 'more than' : 'not more than';
  return kind === 'response_time'
    ? `the average went from ${baseline.toFixed(1)} ms to ${current.toFixed(1)} ms, ${change.toFixed(2)} times, ${verdict} the factor of ${options.responseTimeFactor}`
    : `the error rate went from ${percent(baseline)} to ${percent(current)}, ${verdict} ${(options.errorRateDelta * 100).toFixed(0)} points`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
