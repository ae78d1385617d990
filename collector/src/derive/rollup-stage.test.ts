import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RollupStage } from './rollup-stage.ts';

const OVER = 60;
const CURRENT = 120;

describe('a rollup stage', () => {
  let computed: (readonly number[])[] = [];
  let computingMs = 0;
  const stage = () =>
    new RollupStage({
      readPositionMs: async () => 0,
      selectArrivals: async () => [],
      compute: async (times) => {
        vi.advanceTimersByTime(computingMs);
        computed.push(times);
      },
      isOver: (time) => time < CURRENT,
      toldFromMs: 0,
    });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    computed = [];
  });
  afterEach(() => vi.useRealTimers());

  it('computes what changed, also when it goes on changing, as long as that is quick', async () => {
    computingMs = 4_000;
    const minutes = stage();
    for (let turn = 0; turn < 2; turn++) {
      minutes.changed([OVER, CURRENT], turn);
      await minutes.run(false);
      vi.advanceTimersByTime(76_000);
    }
    expect(computed).toEqual([
      [OVER, CURRENT],
      [OVER, CURRENT],
    ]);
  });

  it('leaves what goes on changing until it is over when computing takes more than four seconds', async () => {
    computingMs = 4_001;
    const minutes = stage();
    minutes.changed([CURRENT], 1);
    await minutes.run(false);
    minutes.changed([OVER, CURRENT], 2);
    vi.advanceTimersByTime(76_100);
    expect(await minutes.run(false)).toEqual({ computed: 1, backlog: 0 });
    expect(computed).toEqual([[CURRENT], [OVER]]);
    expect(minutes.changedTimes).toBe(1);
    expect(minutes.positionMs).toBe(1);
    await minutes.run(true);
    expect(computed.at(-1)).toEqual([CURRENT]);
    expect(minutes.positionMs).toBe(2);
  });

  it('rests nineteen times as long as it computed, unless it is urgent', async () => {
    computingMs = 100;
    const minutes = stage();
    minutes.changed([OVER], 1);
    await minutes.run(false);
    minutes.changed([OVER], 2);
    vi.advanceTimersByTime(1_899);
    expect(await minutes.run(false)).toEqual({ computed: 0, backlog: 0 });
    await minutes.run(true);
    expect(computed).toHaveLength(2);
  });
});
