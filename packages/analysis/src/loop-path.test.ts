import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loopPath } from './loop-path.ts';

describe('a loop path', () => {
  it.each([
    [[], ''],
    [['handler'], 'handler'],
    [['handler', 'loadItems'], 'handler > loadItems'],
    [['visit', 'visit', 'visit', 'load'], 'visit > load'],
    [['a', 'b', 'a'], 'a > b > a'],
    [['resolve users.0.name'], 'resolve users.{n}.name'],
    [['GET /users/42', 'job #7', 'step1'], 'GET /users/{n} > job #{n} > step1'],
    [['item 0af76519-16cd-43dd-8448-eb211c803190'], 'item {n}'],
  ])('of %j is %j', (names, expected) => expect(loopPath(names)).toBe(expected));

  it('is the same however deep a recursion goes, and bounded for any other depth', () => {
    expect(loopPath(['a', ...Array(500).fill('visit'), 'load'])).toBe('a > visit > load');
    const deep = loopPath(Array.from({ length: 1_000 }, (_, i) => `n${i}`));
    expect(deep.split(' > ')).toHaveLength(17);
    expect(deep).toMatch(/^n0 > .* > n7 > … > n992 > .* > n999$/);
  });

  it('never exceeds its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 60 }), (names) => {
        expect(loopPath(names).length).toBeLessThanOrEqual(1_120);
      }),
    );
  });
});
