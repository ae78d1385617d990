import { describe, expect, it } from 'vitest';
import { isoMoment, parseMoment } from './moment.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');

describe('parseMoment', () => {
  it.each([
    ['30s', '2026-11-23T11:59:30.000Z'],
    ['30m', '2026-11-23T11:30:00.000Z'],
    ['24h', '2026-11-22T12:00:00.000Z'],
    ['7d', '2026-11-16T12:00:00.000Z'],
    ['999999999d', '1970-01-01T00:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:00', '2026-11-01T10:00:00.000Z'],
    ['2026-11-01T10:00:00.5Z', '2026-11-01T10:00:00.500Z'],
    ['2026-11-01T10:00:00+05:30', '2026-11-01T04:30:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(isoMoment(parseMoment(text, NOW_MS)!)).toBe(iso);
  });

  it.each(['', 'yesterday', '24', '1w', '-1h', '2026-13-01', '2026-11-01T25:00', '1969-12-31', '12'])(
    'refuses "%s"',
    (text) => expect(parseMoment(text, NOW_MS)).toBeUndefined(),
  );
});
