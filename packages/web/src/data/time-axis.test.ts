import { expect, it } from 'vitest';
import { brushed, isZoomed, timeAxis, widened } from './time-axis.ts';

const NOW_MS = Date.parse('2026-11-24T15:00:30Z');
const seconds = (iso: string) => Date.parse(iso) / 1000;

it('is an axis from since to until, or to now', () => {
  expect(timeAxis({ since: '1h' }, NOW_MS)).toEqual({ fromSeconds: NOW_MS / 1000 - 3600, toSeconds: NOW_MS / 1000 });
  expect(timeAxis({ since: '2026-11-24T10:00:00Z', until: '2026-11-24T11:00:00Z' }, NOW_MS)).toEqual({
    fromSeconds: seconds('2026-11-24T10:00:00Z'),
    toSeconds: seconds('2026-11-24T11:00:00Z'),
  });
});

it.each([
  [{ since: '24h' }, false],
  [{ since: 'yesterday' }, false],
  [{ since: '2026-11-24T10:00:00Z' }, true],
  [{ since: '7d', until: '2026-11-24T10:00:00Z' }, true],
])('%j is zoomed: %s', (range, expected) => {
  expect(isZoomed(range)).toBe(expected);
});

it('makes of a brush whole minutes, at least two, and nothing beyond now', () => {
  expect(brushed(seconds('2026-11-24T10:00:10Z'), seconds('2026-11-24T10:20:10Z'), NOW_MS)).toEqual({
    since: '2026-11-24T10:00:00.000Z',
    until: '2026-11-24T10:21:00.000Z',
  });
  expect(brushed(seconds('2026-11-24T10:00:10Z'), seconds('2026-11-24T10:00:11Z'), NOW_MS).until).toBe(
    '2026-11-24T10:02:00.000Z',
  );
  expect(brushed(seconds('2026-11-24T14:00:00Z'), seconds('2026-11-24T15:00:10Z'), NOW_MS).until).toBe('');
});

it('widens to three times the length around the same middle', () => {
  const hour = { fromSeconds: seconds('2026-11-24T10:00:00Z'), toSeconds: seconds('2026-11-24T11:00:00Z') };
  expect(widened(hour, NOW_MS)).toEqual({ since: '2026-11-24T09:00:00.000Z', until: '2026-11-24T12:00:00.000Z' });
});
