import { describe, expect, it } from 'vitest';
import { FairShare } from './fair-share.ts';

function shares() {
  let nowMs = 0;
  const fairShare = new FairShare({ slotMs: 1_000, sendersMax: 3, now: () => nowMs });
  const admits = (sender: string, bytes: number, fill: number) => {
    try {
      fairShare.admit(sender, bytes, fill);
      return true;
    } catch {
      return false;
    }
  };
  return { admits, after: (ms: number) => (nowMs += ms) };
}

describe('shares of the spool', () => {
  it('do not count while the store keeps up', () => {
    const { admits } = shares();
    expect([admits('flood', 1e9, 0.4), admits('quiet', 1, 0.4), admits('flood', 1e9, 0.49)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('keep who sent more than its part from what is left, and nobody else', () => {
    const { admits } = shares();
    admits('flood', 1_000, 0.5);
    admits('quiet', 10, 0.5);
    expect([admits('flood', 1, 0.5), admits('quiet', 10, 0.99), admits('new', 500, 0.99)]).toEqual([false, true, true]);
  });

  it('leave a service alone that is the only one', () => {
    const { admits } = shares();
    expect([admits('flood', 1_000, 0.9), admits('flood', 1_000, 0.9)]).toEqual([true, true]);
  });

  it('are of the last seconds', () => {
    const { admits, after } = shares();
    admits('flood', 1_000, 0.5);
    admits('quiet', 10, 0.5);
    after(1_000);
    expect(admits('flood', 1, 0.5)).toBe(false);
    after(2_000);
    expect(admits('flood', 1, 0.5)).toBe(true);
  });

  it('are told apart for a bounded number of services', () => {
    const { admits } = shares();
    for (const sender of ['a', 'b', 'c']) admits(sender, 10, 0.5);
    admits('d', 100, 0.5);
    expect([admits('e', 1, 0.5), admits('a', 1, 0.5)]).toEqual([false, true]);
  });
});
