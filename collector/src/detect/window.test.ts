import { expect, it } from 'vitest';
import { lastCompleteWindow, windowAt, windowBefore } from './window.ts';

const at = (text: string) => Date.parse(`2026-02-03T${text}Z`);
const text = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
  `${new Date(startMs).toISOString().slice(11, 16)}-${new Date(endMs).toISOString().slice(11, 16)}`;

it.each([
  [1, '10:37-10:38'],
  [5, '10:35-10:40'],
  [60, '10:00-11:00'],
  [1440, '00:00-00:00'],
])('aligns a window of %i minutes to the epoch', (minutes, expected) => {
  expect(text(windowAt(at('10:37:12.345'), minutes))).toBe(expected);
});

it('aligns a length that divides no day to the epoch, too, not to midnight', () => {
  const window = windowAt(at('10:37:00'), 7);
  expect((window.startMs / 60_000) % 7).toBe(0);
});

it('ends where the next begins, to the millisecond', () => {
  expect(text(windowAt(at('10:59:59.999'), 60))).toBe('10:00-11:00');
  expect(text(windowAt(at('11:00:00.000'), 60))).toBe('11:00-12:00');
});

it('is complete at its end, not before', () => {
  expect(text(lastCompleteWindow(at('10:59:59.999'), 60))).toBe('09:00-10:00');
  expect(text(lastCompleteWindow(at('11:00:00.000'), 60))).toBe('10:00-11:00');
});

it('comes after the one before', () => {
  expect(text(windowBefore(windowAt(at('10:37:00'), 60)))).toBe('09:00-10:00');
});
