import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrival, Arrivals } from './arrivals.ts';

const START_MS = 1_000_000;
const arrival = (atMs: number, rows = 1, key = ''): Arrival => ({ atMs: START_MS + atMs, key, rows });

describe('arrivals', () => {
  it('are worked on once', () => {
    const arrivals = new Arrivals(START_MS);
    const seen = [arrival(5), arrival(2)];
    expect(arrivals.fresh(seen)).toEqual([arrival(2), arrival(5)]);
    arrivals.done(seen, []);
    expect(arrivals.fresh(seen)).toEqual([]);
    expect(arrivals.positionMs).toBe(START_MS + 5);
  });

  it('are worked on again when more became visible under their stamp', () => {
    const arrivals = new Arrivals(START_MS);
    arrivals.done([arrival(2, 10)], []);
    expect(arrivals.fresh([arrival(2, 11)])).toEqual([arrival(2, 11)]);
  });

  it('that become visible late are not missed', () => {
    const arrivals = new Arrivals(START_MS);
    arrivals.done([arrival(100_000)], []);
    expect(arrivals.fromMs).toBeLessThanOrEqual(START_MS + 1);
    expect(arrivals.fresh([arrival(1), arrival(100_000)])).toEqual([arrival(1)]);
  });

  it('that were left for later hold the position back', () => {
    const arrivals = new Arrivals(START_MS);
    arrivals.done([arrival(1), arrival(3)], [arrival(2)]);
    expect(arrivals.positionMs).toBe(START_MS + 2);
    expect(arrivals.fresh([arrival(1), arrival(2), arrival(3)])).toEqual([arrival(2)]);
  });

  it('whatever is taken when: each comes exactly once', () => {
    const atMs = fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(atMs, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (times, take) => {
        const all = times.map((time) => arrival(time));
        const arrivals = new Arrivals(0);
        const worked: Arrival[] = [];
        for (let left = arrivals.fresh(all); left.length > 0; left = arrivals.fresh(all)) {
          const count = take.next().value;
          worked.push(...left.slice(0, count));
          arrivals.done(left.slice(0, count), left.slice(count));
        }
        expect(worked.map((it) => it.atMs)).toEqual(times.map((time) => START_MS + time).sort((a, b) => a - b));
      }),
    );
  });
});
