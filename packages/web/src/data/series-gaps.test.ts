import { expect, it } from 'vitest';
import { withGaps } from './series-gaps.ts';

const at = (minute: number, ms: number) => ({ time: new Date(minute * 60_000).toISOString(), ms });

it('breaks the line where an interval had no request', () => {
  const { timesSeconds, figures } = withGaps([at(0, 10), at(5, 20), at(60, 30)], 5, [
    ({ ms }) => ms,
    ({ ms }) => ms * 2,
  ]);
  expect(timesSeconds).toEqual([0, 300, 600, 3600]);
  expect(figures).toEqual([
    [10, 20, null, 30],
    [20, 40, null, 60],
  ]);
});

it('leaves an unbroken line alone', () => {
  expect(withGaps([at(0, 1), at(5, 2)], 5, [({ ms }) => ms]).figures).toEqual([[1, 2]]);
});
