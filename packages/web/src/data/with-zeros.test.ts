import { expect, it } from 'vitest';
import { withZeros } from './with-zeros.ts';

const point = (minute: number, count: number) => ({ time: new Date(minute * 60_000).toISOString(), count });

it('counts nothing where nothing happened', () => {
  expect(withZeros([point(2, 3), point(4, 1)], 1, 60, 300)).toEqual({
    timesSeconds: [60, 120, 180, 240, 300],
    counts: [0, 3, 0, 1, 0],
  });
});

it('reaches as far as what happened', () => {
  expect(withZeros([point(1, 3), point(4, 1)], 1, 120, 180).counts).toEqual([3, 0, 0, 1]);
});

it('is bounded', () => {
  expect(withZeros([], 1, 0, 1e9).timesSeconds.length).toBe(2000);
});
