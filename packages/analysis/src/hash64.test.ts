import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash64 } from './hash64.ts';

describe('hash64', () => {
  it('is stable over versions: stored fingerprints depend on it', () => {
    expect(['', 'a', 'SELECT ?', 'é😀'].map((text) => hash64(text).hex)).toMatchInlineSnapshot(`
      [
        "f63e55df627a64c1",
        "3eff106f7acb2b43",
        "8a0f579e82db00ba",
        "a841c26808257ff7",
      ]
    `);
  });

  it('gives halves and digits that agree', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { high, low, hex } = hash64(text);
        expect((BigInt(high) << 32n) | BigInt(low)).toBe(BigInt(`0x${hex}`));
        expect(hex).toHaveLength(16);
      }),
    );
  });

  it('keeps 300,000 similar texts apart, in all 64 bits and about evenly in each', () => {
    const seen = new Set<string>();
    const ones = new Array<number>(64).fill(0);
    const count = 300_000;
    for (let i = 0; i < count; i++) {
      const { high, low, hex } = hash64(`SELECT * FROM table_${i} WHERE id = ?`);
      seen.add(hex);
      for (let bit = 0; bit < 32; bit++) {
        ones[bit]! += (low >>> bit) & 1;
        ones[32 + bit]! += (high >>> bit) & 1;
      }
    }
    expect(seen.size).toBe(count);
    // Six standard deviations of a fair coin.
    for (const times of ones) expect(Math.abs(times - count / 2)).toBeLessThan(6 * Math.sqrt(count / 4));
  });
});
