import { expect, it } from 'vitest';
import { SeenTraces } from './seen-traces.ts';

/** As some SDKs make them: a time in front, a counter behind. */
const id = (n: number) => Uint32Array.of(0x66000000 + (n >>> 16), 0, 0, n);

it('never says no of an id that it holds, and seldom yes of one that it does not', () => {
  const seen = new SeenTraces();
  const count = 200_000;
  for (let n = 0; n < count; n++) seen.add(id(n), 0, n);
  let missed = 0;
  let mistaken = 0;
  for (let n = 0; n < count; n++) {
    if (!seen.has(id(n), 0)) missed++;
    if (seen.has(id(count + n), 0)) mistaken++;
  }
  expect(missed).toBe(0);
  expect(mistaken).toBeLessThan(count / 10_000);
});

it('says since when it may have forgotten', () => {
  const seen = new SeenTraces({ generationsMax: 2, idsPerGeneration: 10 });
  for (let n = 0; n < 20; n++) seen.add(id(n), 0, 1_000 + n);
  expect(seen.forgottenUntilMs).toBe(Number.NEGATIVE_INFINITY);
  seen.add(id(20), 0, 1_020);
  expect(seen.forgottenUntilMs).toBe(1_009);
  expect([seen.has(id(0), 0), seen.has(id(10), 0), seen.has(id(20), 0)]).toEqual([false, true, true]);
});
