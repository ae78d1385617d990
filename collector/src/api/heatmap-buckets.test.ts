import { expect, it } from 'vitest';
import { LEVELS, rowBounds, rowCounts } from './heatmap-buckets.ts';

/** What a sketch answers: the nearest rank of each level. */
const levelsOf = (durations: readonly number[]) => {
  const sorted = [...durations].sort((a, b) => a - b);
  return LEVELS.map((level) => sorted[Math.max(1, Math.ceil(level * sorted.length)) - 1]!);
};

it.each([
  [3, 3],
  [0, 0.0004],
  [0.01, 60_000],
  [1, 3_600_000],
  [12, 480],
])('has rows for %d to %d ms, few enough to be told apart', (minMs, maxMs) => {
  const bounds = rowBounds(minMs, maxMs);
  expect(bounds.length - 1).toBeGreaterThanOrEqual(1);
  expect(bounds.length - 1).toBeLessThanOrEqual(24);
  expect([...bounds].sort((a, b) => a - b)).toEqual(bounds);
  expect(bounds[0]!).toBeLessThanOrEqual(Math.max(minMs, 0.001) * 1.001);
  expect(bounds.at(-1)!).toBeGreaterThan(maxMs);
});

it('counts up to a hundred requests exactly', () => {
  const durations = [1.2, 1.4, 9, 9, 90, 900];
  const bounds = [1, 10, 100, 1000];
  expect(rowCounts(levelsOf(durations), durations.length, bounds)).toEqual([4, 1, 1]);
  expect(rowCounts(levelsOf([5]), 1, bounds)).toEqual([1, 0, 0]);
});

it('counts more requests to a hundredth of them, and loses none', () => {
  const durations = Array.from({ length: 1234 }, (_, index) => 1.001 ** (index * 5));
  const bounds = rowBounds(1, Math.max(...durations));
  const counts = rowCounts(levelsOf(durations), durations.length, bounds);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1234);
  for (const [row, count] of counts.entries()) {
    const exact = durations.filter((ms) => ms >= bounds[row]! && ms < bounds[row + 1]!).length;
    expect(Math.abs(count - exact)).toBeLessThanOrEqual(0.01 * 1234 + 1);
  }
});
