import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitStatements, sqlTokens } from './sql-tokens.ts';

const texts = (sql: string) => [...sqlTokens(sql)].map((token) => token.text);

describe('sqlTokens', () => {
  it.each([
    ['SELECT a.b, 1e3', ['SELECT', 'a', '.', 'b', ',', '1e3']],
    ["'it''s' 'a\\'b' 'c\\\\' x", ["'it''s'", "'a\\'b'", "'c\\\\'", 'x']],
    ['`a``b` "c\\"d" e', ['`a``b`', '"c\\"d"', 'e']],
    ['a -- b\nc /* d\n; */ e', ['a', 'c', 'e']],
    ['# shell\na #! bang\n#x', ['a', '#', 'x']],
    ["$$a'b$$ $t$ $$ $t$ d", ["$$a'b$$", '$t$ $$ $t$', 'd']],
    ["'never closed; SELECT", ["'never closed; SELECT"]],
    ['a /* b /* c */ d */ e // f */\ng', ['a', 'e', 'g']],
    ['a /* never /* closed */', ['a']],
    ['größe = 2', ['größe', '=', '2']],
  ])('cuts %s', (sql, expected) => {
    expect(texts(sql)).toEqual(expected);
  });

  it('gives pieces of any text, in order, that do not overlap', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sql) => {
        let end = 0;
        for (const token of sqlTokens(sql)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          expect(sql.slice(token.start, token.end)).toBe(token.text);
          end = token.end;
        }
      }),
    );
  });

  it('takes a string of megabytes', () => {
    const long = `'${"x\\'".repeat(500_000)}'`;
    expect(texts(`${long} y`)).toEqual([long, 'y']);
  });
});

describe('splitStatements', () => {
  it('cuts at semicolons that are none of a string or a comment', () => {
    const script = '-- one; really\nSELECT \';\' ; /* ; */ SELECT `;`, ";";;\n-- the end;';
    expect(splitStatements(script)).toEqual(["SELECT ';'", 'SELECT `;`, ";"']);
  });

  it('finds nothing in nothing', () => {
    expect(splitStatements(' ;; -- x')).toEqual([]);
  });
});
