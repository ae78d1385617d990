import { expect, it } from 'vitest';
import { median } from './median.ts';

it('is the middle, or the mean of the middle two, whatever the order and however often a number stands', () => {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % 20;
  };
  for (let length = 1; length < 60; length++) {
    const values = Float64Array.from({ length }, next);
    const sorted = [...values].sort((a, b) => a - b);
    const expected = (sorted[(length - 1) >> 1]! + sorted[length >> 1]!) / 2;
    expect(median(values)).toBe(expected);
  }
});

it('looks at no more than it is told to, and is no number of nothing', () => {
  expect(median(Float64Array.of(3, 1, 2, 100, 100), 3)).toBe(2);
  expect(median(new Float64Array(5), 0)).toBeNaN();
});
