import { expect, it } from 'vitest';
import { rangeMomentMs } from './time-range.ts';

it('reads what the time filter and a link may hold', () => {
  const nowMs = Date.UTC(2026, 10, 22, 12);
  expect(rangeMomentMs('30m', nowMs)).toBe(Date.UTC(2026, 10, 22, 11, 30));
  expect(rangeMomentMs('24h', nowMs)).toBe(Date.UTC(2026, 10, 21, 12));
  expect(rangeMomentMs('7d', nowMs)).toBe(Date.UTC(2026, 10, 15, 12));
  expect(rangeMomentMs('2026-11-22T10:00:00Z', nowMs)).toBe(Date.UTC(2026, 10, 22, 10));
  expect(rangeMomentMs('yesterday', nowMs)).toBeNaN();
});
