import type { Regression } from './regression.ts';

/** What an error is worth, in milliseconds. */
const ERROR_MS = 2000;

/** What a regression costs in all: milliseconds that its requests took longer, an error counted as two seconds. */
export function regressionCostMs({
  kind,
  baseline,
  current,
  currentRequests,
}: Pick<Regression, 'kind' | 'baseline' | 'current' | 'currentRequests'>): number {
  return (current - baseline) * (kind === 'response_time' ? 1 : ERROR_MS) * currentRequests;
}
