import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterNames, parameterText, stringLiteral } from './sql-literal.ts';
import { bindParameters } from './sql-parameters.ts';
import { sqlTokens } from './sql-tokens.ts';

describe('stringLiteral', () => {
  it('keeps plain text readable', () => {
    expect(stringLiteral('GET /users/1, 2026-01-02 03:04:05.678')).toBe("'GET /users/1, 2026-01-02 03:04:05.678'");
  });

  it('is one token of plain ASCII, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const literal = stringLiteral(value);
        expect(literal).toMatch(/^'(?:[\w .,:/()-]|\\x[0-9a-f]{2})*'$/);
        expect([...sqlTokens(literal)]).toHaveLength(1);
      }),
    );
  });
});

describe('parameterText', () => {
  it.each([
    ["a\tb\\c'd", "a\\tb\\\\c\\'d"],
    [12.5, '12.5'],
    [true, '1'],
    [false, '0'],
    [["a'b", 'c'], "['a\\'b','c']"],
    [[1, 2], '[1,2]'],
    [[], '[]'],
  ])('writes %j as %s', (value, text) => {
    expect(parameterText(value)).toBe(text);
  });
});

describe('bindParameters', () => {
  it('puts settings and values before the statement', () => {
    const sql = 'SELECT {name:String}, { n : UInt8 }';
    expect(parameterNames(sql)).toEqual(new Set(['name', 'n']));
    expect(bindParameters(sql, { name: "a'", n: 1 }, { max_execution_time: 3 })).toBe(
      `SET max_execution_time = 3, param_name = 'a\\x5c\\x27', param_n = '1'; ${sql}`,
    );
  });

  it('leaves a statement without values as it is', () => {
    expect(bindParameters("SELECT '{' || map('a', 1)", {})).toBe("SELECT '{' || map('a', 1)");
  });

  it('refuses a value that is missing, and a name that is none', () => {
    expect(() => bindParameters('SELECT {a:UInt8}', {})).toThrow('Substitution `a` is not set');
    expect(() => bindParameters('SELECT 1', { 'a = 1; DROP TABLE spans; SET b': 1 })).toThrow('Not a name');
  });
});
