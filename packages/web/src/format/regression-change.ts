import type { Regression } from '@profiler/collector/api-types';
import { percent } from './count.ts';
import { duration } from './duration.ts';

/** `3.1×` for a response time, `+12 points` for an error rate. */
export function regressionChange(regression: Pick<Regression, 'kind' | 'change'>): string {
  const { kind, change } = regression;
  return kind === 'response_time' ? `${change.toFixed(1)}×` : `+${(change * 100).toFixed(0)} points`;
}

/** `120 ms → 372 ms` or `1 % → 13 %` */
export function regressionStep(regression: Pick<Regression, 'kind' | 'baseline' | 'current'>): string {
  const shown = regression.kind === 'response_time' ? duration : percent;
  return `${shown(regression.baseline)} → ${shown(regression.current)}`;
}
