/**
 * What could be found at best: an oracle that is told the level of every hour, the true noise and its correlation, the sampling
 * error of the endpoint's true shape, and the size of the step; not when it begins. It takes the likelihood ratio of that
 * step, and fires at ln(720 / a), which bounds its false alerts by `a` in a month of 720 windows (Lorden 1971: the mean time
 * between false alarms of such a test is at least e to the power of its threshold).
 */
import type { EndpointSeries } from '@profiler/analysis';
import { type Baseline, type Signal, Surprises, tailSignal, typicalSignal } from '@profiler/analysis';
import type { RuleRun } from './rules.ts';
import { HOURS, type SimulatedEndpoint, type Step } from './simulated-endpoint.ts';

const WINDOWS = 24;
const TAIL_LEVEL = 0.95;

export function oracle(endpoint: SimulatedEndpoint, step: Step, alertsPerMonth: number): RuleRun {
  const { series, shape, traffic, expectedMedian } = endpoint;
  const { logs } = shape;
  const at = (level: number) => logs[Math.round(level * (logs.length - 1))]!;
  const isTail = step.kind === 'tail';
  const { mean, variance } = shape.moments();
  const offset = isTail ? at(TAIL_LEVEL) : mean;
  const slope = (at(0.975) - at(0.9)) / 0.075;
  const truth: Baseline = {
    from: 0,
    until: HOURS,
    windows: HOURS,
    level: offset,
    pattern: new Float64Array(24),
    // The scale of Student's t with 4 degrees of freedom: its variance is twice that.
    hourVariance: traffic.hourNoise ** 2 / 2,
    correlation: traffic.correlation,
    requestVariance: isTail ? TAIL_LEVEL * (1 - TAIL_LEVEL) * slope ** 2 : variance,
    levelError: 0,
    requests: 0,
  };
  const threshold = Math.log(HOURS / alertsPerMonth);
  let fired = false;
  return {
    judge(end) {
      const signal = withoutPattern(isTail ? tailSignal(series) : typicalSignal(series), series, expectedMedian);
      const surprises = new Surprises(series, signal, truth, Math.max(0, end + 1 - 2 * WINDOWS), end);
      for (let length = 1; length <= WINDOWS && !fired; length++) {
        const { logLikelihoodRatio } = surprises.evidence(end + 1 - length, [Math.log(step.factor)]);
        fired = logLikelihoodRatio > threshold;
      }
      return fired ? 1 : 0;
    },
    firing: () => fired,
  };
}

function withoutPattern(signal: Signal, series: EndpointSeries, expected: Float64Array): Signal {
  const values = signal.values.map((value, hour) => (series.requests[hour]! > 0 ? value - expected[hour]! : 0));
  return { ...signal, values };
}
