import { expect, it } from 'vitest';
import { regressionRange } from './regression-range.ts';

const NOW_MS = Date.parse('2026-11-24T15:00:30Z');

it.each([
  ['fires since an hour', '2026-11-24T14:00:00Z', null, '2026-11-24T12:59:00.000Z', ''],
  ['fires since a minute', '2026-11-24T14:59:00Z', null, '2026-11-24T14:29:00.000Z', ''],
  ['fires since a month', '2026-10-24T00:00:00Z', null, '2026-10-17T00:00:00.000Z', ''],
  ['is over', '2026-11-24T10:00:00Z', '2026-11-24T12:00:00Z', '2026-11-24T08:00:00.000Z', '2026-11-24T12:30:00.000Z'],
])('one that %s is shown from before it began', (_, startedAt, resolvedAt, since, until) => {
  expect(regressionRange({ startedAt, resolvedAt }, NOW_MS)).toEqual({ since, until });
});
