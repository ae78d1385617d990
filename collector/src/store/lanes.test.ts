import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Lanes } from './lanes.ts';

const refuse = () => new Error('full');

describe('Lanes', () => {
  it('gives each worker one thing at a time, first come first served', async () => {
    const lanes = new Lanes(['a', 'b'], 100);
    const busy = new Set<string>();
    const started: number[] = [];
    const work = (n: number) =>
      lanes.run(async (worker) => {
        expect(busy.has(worker)).toBe(false);
        busy.add(worker);
        started.push(n);
        await sleep(n % 3);
        busy.delete(worker);
        return n;
      }, refuse);
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    expect(await Promise.all(numbers.map(work))).toEqual(numbers);
    expect(started).toEqual(numbers);
  });

  it('refuses what finds the queue full, and goes on after a failure', async () => {
    const lanes = new Lanes([undefined], 1);
    const first = lanes.run(() => Promise.reject(new Error('broken')), refuse);
    const second = lanes.run(async () => 2, refuse);
    const third = lanes.run(async () => 3, refuse);
    await expect(third).rejects.toThrow('full');
    await expect(first).rejects.toThrow('broken');
    expect(await second).toBe(2);
  });

  it('is drained when what waited has run too', async () => {
    const lanes = new Lanes([1], 10);
    let done = 0;
    for (let i = 0; i < 5; i++) {
      void lanes.run(async () => {
        await sleep(1);
        done += 1;
      }, refuse);
    }
    await lanes.drained();
    expect(done).toBe(5);
    await lanes.drained();
  });
});
