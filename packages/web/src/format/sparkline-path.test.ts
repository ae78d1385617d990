import { expect, it } from 'vitest';
import { sparklinePath } from './sparkline-path.ts';

it.each([
  [[0, 5, 10], 'M0 21L50 11L100 1'],
  [[10, null, 10, 5], 'M0 1h2M66.7 1L100 11'],
  [[0, 0], 'M0 21L100 21'],
  [[7], 'M0 1h2'],
  [[null, null], ''],
  [[], ''],
] as const)('%j is %s', (values, path) => {
  expect(sparklinePath([...values], 100, 22)).toBe(path);
});
