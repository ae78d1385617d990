import { expect, it } from 'vitest';
import { ago, moment } from './moment.ts';

const now = new Date(2026, 10, 22, 14, 30, 0);
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

it('says the day only when it is not today, the year only when it is not this one', () => {
  expect(moment(before(90), now)).toBe('14:28:30');
  expect(moment(before(86_400), now)).toBe('21 Nov 14:30:00');
  expect(moment(new Date(2025, 0, 2, 3, 4, 5).toISOString(), now)).toBe('2 Jan 2025 03:04:05');
  expect(moment('nonsense', now)).toBe('–');
});

it('says how long ago', () => {
  expect([5, 240, 3600 * 26, 86_400 * 3].map((seconds) => ago(before(seconds), now))).toEqual([
    'just now',
    '4 min ago',
    '26 h ago',
    '3 d ago',
  ]);
});
