import type { Regression } from '../detect/regression.ts';

/**
 * The body for any receiver: the four fields that the Django profiler sends (`type`, `route`, and both averages or both
 * rates), so that a receiver made for it goes on working, and beside them the regression as `GET /api/v1/regressions`
 * shows it.
 */
export function genericBody(regression: Regression): object {
  const { route, ...ours } = regression;
  const { kind, baseline, current } = ours;
  const numbers =
    kind === 'response_time'
      ? { previous_avg_ms: rounded(baseline, 3), current_avg_ms: rounded(current, 3) }
      : { previous_rate: rounded(baseline, 4), current_rate: rounded(current, 4) };
  return { type: kind, route, ...numbers, ...ours };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
