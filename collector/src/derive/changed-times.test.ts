import { describe, expect, it } from 'vitest';
import { ChangedTimes } from './changed-times.ts';

function changed(...adds: readonly [time: number, insertedAtMs: number][]): ChangedTimes {
  const times = new ChangedTimes();
  for (const [time, insertedAtMs] of adds) times.add(time, insertedAtMs);
  return times;
}

describe('what changed and was not computed since', () => {
  it('holds the position before its first change, whatever came later', () => {
    const times = changed([60, 1_000], [120, 2_000], [60, 3_000]);
    expect([...times.times]).toEqual([60, 120]);
    expect(times.positionMs).toBe(999);
  });

  it('counts until its computation is done', () => {
    const times = changed([60, 1_000], [120, 2_000]);
    times.take([60]);
    expect([[...times.times], times.positionMs]).toEqual([[120], 999]);
    times.done();
    expect([[...times.times], times.positionMs]).toEqual([[120], 1_999]);
    times.take([120]);
    times.done();
    expect([times.size, times.positionMs]).toEqual([0, 2_000]);
  });

  it('waits again when it changes while it is computed', () => {
    const times = changed([60, 1_000]);
    times.take([60]);
    times.add(60, 5_000);
    times.done();
    expect([[...times.times], times.positionMs]).toEqual([[60], 4_999]);
  });

  it('waits again, since its first change, when computing failed', () => {
    const times = changed([60, 1_000]);
    times.take([60]);
    times.add(60, 5_000);
    times.putBack();
    expect([[...times.times], times.positionMs]).toEqual([[60], 999]);
  });

  it('is known up to where an earlier process came', () => {
    const times = new ChangedTimes();
    times.knownUntil(7_000);
    expect(times.positionMs).toBe(7_000);
    times.add(60, 6_000);
    expect(times.positionMs).toBe(5_999);
  });
});
