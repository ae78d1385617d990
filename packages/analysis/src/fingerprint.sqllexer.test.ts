import { describe, expect, it } from 'vitest';
import { KNOWN_DISAGREEMENTS, sqllexerScore } from './sqllexer-score.fixture.ts';

describe("go-sqllexer's cases", () => {
  const score = sqllexerScore();

  it('are all there', () => expect([score.cases, score.described]).toEqual([205, 181]));
  it('leave no value', () => expect(score.surviving).toEqual([]));
  it('are their own fingerprints', () => expect(score.notIdempotent).toEqual([]));
  it('meet when they differ only in values', () => expect(score.apart).toEqual([]));
  it('stay apart otherwise', () => expect(score.together).toEqual([]));
  it('change when a table has another name', () => expect(score.blind).toEqual([]));
  it('have the tables and commands that are told, but for those listed', () => {
    expect(score.disagreements.toSorted()).toEqual(Object.keys(KNOWN_DISAGREEMENTS).toSorted());
    expect(1 - score.disagreements.length / score.described).toBeGreaterThanOrEqual(0.95);
  });
});

describe('the score itself', () => {
  it('misses no text that keeps its values', () => {
    const { surviving, apart } = sqllexerScore((text) => text);
    expect([surviving.length, apart.length].map((count) => count > 130)).toEqual([true, true]);
  });

  it('misses no text that loses its names', () => {
    expect(sqllexerScore((text) => text.replace(/\w+/g, '?')).together.length).toBeGreaterThan(5);
    const { together, blind } = sqllexerScore(() => '?');
    expect([together.length, blind.length].map((count) => count > 150)).toEqual([true, true]);
  });
});
