import { expect, it } from 'vitest';
import { rateEstimate, shareEstimate } from './bounds.ts';

// From published tables: Garwood's for 10 events, Clopper and Pearson's for 8 of 10.
it('bounds a count as the tables do', () => {
  const { value, low, high } = rateEstimate(10, 1);
  expect([value, low.toFixed(3), high.toFixed(3)]).toEqual([10, '4.795', '18.390']);
  // For many, the normal approximation will do.
  expect(rateEstimate(2000, 1).high).toBeCloseTo(2000 + 1.96 * Math.sqrt(2000), -1);
  expect(rateEstimate(0, 100).low).toBe(0);
  expect(rateEstimate(0, 100).high).toBeCloseTo(0.0369, 4);
});

it('bounds a share as the tables do', () => {
  const { value, low, high } = shareEstimate(8, 10);
  expect([value, low.toFixed(3), high.toFixed(3)]).toEqual([0.8, '0.444', '0.975']);
  expect(shareEstimate(10, 10)).toMatchObject({ value: 1, high: 1 });
  expect(shareEstimate(0, 10).high).toBeCloseTo(0.3085, 4);
});
