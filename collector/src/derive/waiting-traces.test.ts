import { expect, it } from 'vitest';
import { WaitingTraces } from './waiting-traces.ts';

const MINUTE_MS = 60_000;

it('counts what waits, since when, and gives up after a quarter of an hour', () => {
  const waiting = new WaitingTraces();
  expect(waiting.sinceMs).toBeUndefined();
  waiting.note('a', 2, 5);
  waiting.note('b', 1, 3);
  waiting.note('a', 1, 7);
  expect([waiting.unattributed, waiting.sinceMs]).toEqual([2, 3]);
  waiting.note('b', 0, 9);
  expect([waiting.unattributed, waiting.sinceMs]).toEqual([1, 5]);
  waiting.expire(5 + 15 * MINUTE_MS);
  expect(waiting.givenUp).toBe(0);
  waiting.expire(6 + 15 * MINUTE_MS);
  expect([waiting.unattributed, waiting.givenUp]).toEqual([0, 1]);
});

it('is bounded, and counts what it had to give up', () => {
  const waiting = new WaitingTraces();
  for (let i = 0; i < 10_050; i++) waiting.note(`trace${i}`, 1, i);
  expect([waiting.unattributed, waiting.givenUp]).toEqual([10_000, 50]);
});
