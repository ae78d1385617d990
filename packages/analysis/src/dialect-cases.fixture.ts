import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

/** A statement and its normalised text. Its values hold `hush` or 90210, its names never. */
export type DialectCase = readonly [query: string, normalized: string];

/**
 * Each statement becomes its text, a second time changes nothing, and wherever it is cut off, no value of it shows.
 */
export function describeDialect(dbSystem: string, groups: Readonly<Record<string, readonly DialectCase[]>>): void {
  const textOf = (query: string) => fingerprint(query, dbSystem).text;
  for (const [group, cases] of Object.entries(groups)) {
    describe(`${dbSystem || 'unknown system'}: ${group}`, () => {
      it.each(cases)('%s', (query, normalized) => {
        expect(textOf(query)).toBe(normalized);
        expect(textOf(normalized)).toBe(normalized);
        for (let end = 0; end < query.length; end++) {
          const cut = textOf(query.slice(0, end));
          expect(cut).not.toMatch(/hush|90210/);
          expect(textOf(cut)).toBe(cut);
        }
      });
    });
  }
}
