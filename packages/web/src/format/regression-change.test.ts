import { expect, it } from 'vitest';
import { regressionChange, regressionStep } from './regression-change.ts';

it('writes a response time as a factor and an error rate in points', () => {
  const time = { kind: 'response_time', baseline: 130, current: 420, change: 3.23 } as const;
  const errors = { kind: 'error_rate', baseline: 0.01, current: 0.14, change: 0.13 } as const;
  expect([regressionChange(time), regressionStep(time)]).toEqual(['3.2×', '130 ms → 420 ms']);
  expect([regressionChange(errors), regressionStep(errors)]).toEqual(['+13 points', '1 % → 14 %']);
});
