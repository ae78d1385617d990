import { describe, expect, it } from 'vitest';
import { mix32, readTraceId, spanIdHigh, writeTraceId } from './load-ids.ts';

function traceId(run: number, body: number, trace: number): string {
  const words = new Uint32Array(4);
  writeTraceId(words, run, body, trace);
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
}

describe("a trace's id", () => {
  it.each([
    [0, 0, 0],
    [1, 2, 3],
    [65_535, 2 ** 36 - 1, 4_095],
    [40_000, 123_456, 51],
  ])('says which run, body and trace it is of: %i, %i, %i', (run, body, trace) => {
    expect(readTraceId(traceId(run, body, trace))).toEqual({ run, body, trace });
  });

  it('looks random: over the bodies of a run, every digit is as often each of the sixteen', () => {
    const ids = Array.from({ length: 16_000 }, (_, index) => traceId(7, Math.floor(index / 50), index % 50));
    for (let digit = 0; digit < 32; digit++) {
      const counts = new Map<string, number>();
      for (const id of ids) counts.set(id[digit]!, (counts.get(id[digit]!) ?? 0) + 1);
      expect(counts.size).toBe(16);
      // A thousand of each expected; five times the deviation that chance has.
      for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(160);
    }
  });
});

it("no two spans of a trace have the same id's upper half", () => {
  const words = new Uint32Array([1, 2, 3, 4]);
  const ids = Array.from({ length: 4_096 }, (_, place) => spanIdHigh(words, place));
  expect(new Set(ids).size).toBe(4_096);
});

it('the mixing is a permutation, so no two numbers become one', () => {
  const mixed = Array.from({ length: 65_536 }, (_, index) => mix32(index * 65_537));
  expect(new Set(mixed).size).toBe(65_536);
});
