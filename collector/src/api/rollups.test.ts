import { describe, expect, it } from 'vitest';
import { rollupWindow } from './rollups.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');

function window(since: string, until: string): string[] {
  const { sinceSeconds, firstHourSeconds, lastHourSeconds, untilSeconds } = rollupWindow(
    Date.parse(since),
    Date.parse(until),
    NOW_MS,
  );
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString().slice(5, 16);
  return [sinceSeconds, firstHourSeconds, lastHourSeconds, untilSeconds].map(iso);
}

describe('rollupWindow', () => {
  it('takes whole minutes, and whole hours between them', () => {
    expect(window('2026-11-23T08:10:30Z', '2026-11-23T11:20:01Z')).toEqual([
      '11-23T08:10',
      '11-23T09:00',
      '11-23T11:00',
      '11-23T11:21',
    ]);
  });

  it('has no hours when none lies within', () => {
    expect(window('2026-11-23T08:10:00Z', '2026-11-23T08:20:00Z')).toEqual([
      '11-23T08:10',
      '11-23T09:00',
      '11-23T09:00',
      '11-23T08:20',
    ]);
  });

  it('takes whole hours where minutes may be gone', () => {
    expect(window('2026-10-01T08:10:00Z', '2026-10-01T09:20:00Z')).toEqual([
      '10-01T08:00',
      '10-01T08:00',
      '10-01T10:00',
      '10-01T10:00',
    ]);
  });

  it('takes only hours that are long over where they are computed', () => {
    const computed = (until: string, now: string) => {
      const window = rollupWindow(Date.parse('2026-11-23T08:00:00Z'), Date.parse(until), Date.parse(now));
      return new Date(window.computedHourSeconds * 1000).toISOString().slice(11, 16);
    };
    expect(computed('2026-11-23T12:30:00Z', '2026-11-23T12:09:59Z')).toBe('11:00');
    expect(computed('2026-11-23T12:30:00Z', '2026-11-23T12:10:00Z')).toBe('12:00');
    expect(computed('2026-11-23T10:30:00Z', '2026-11-23T12:10:00Z')).toBe('10:00');
    expect(computed('2026-11-23T08:30:00Z', '2026-11-23T12:10:00Z')).toBe('08:00');
  });
});
