import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

/**
 * How each database spells a value that holds any text, quotes included. Where a delimiter cannot be escaped, it is
 * taken out together with its repetitions: of `]]''` would otherwise remain another `]'`.
 */
const double = (text: string, quote: string) => text.replaceAll(quote, quote + quote);
const escaped = (text: string, quote: string) => text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
const STANDARD = [(text: string) => `'${double(text, "'")}'`];
const SPELLINGS: Readonly<Record<string, readonly ((text: string) => string)[]>> = {
  postgresql: [
    ...STANDARD,
    (text) => `E'${escaped(text, "'")}'`,
    (text) => `$hush$${text.replaceAll('$', '')}$hush$`,
    (text) => `$$${text.replaceAll('$', '')}$$`,
    (text) => `U&'${double(text, "'")}'`,
  ],
  mysql: [
    (text) => `'${escaped(text, "'")}'`,
    (text) => `"${escaped(text, '"')}"`,
    (text) => `'${double(text.replaceAll('\\', '\\\\'), "'")}'`,
    (text) => `_utf8mb4'${escaped(text, "'")}'`,
  ],
  sqlite: STANDARD,
  'microsoft.sql_server': [...STANDARD, (text) => `N'${double(text, "'")}'`],
  'oracle.db': [
    ...STANDARD,
    (text) => `q'[${text.replaceAll(/\]+'+/g, '')}]'`,
    (text) => `nq'!${text.replaceAll(/!+'+/g, '')}!'`,
  ],
};
const NUMBERS = ['90210', '-90210', '+90210.5', '.90210', '90210e-5', '0x90210', '90210.'];
const PLACEHOLDERS = ['?', 'NULL', 'TRUE', 'false'];

const secretText = fc
  .array(
    fc.constantFrom(
      'hush',
      ' ',
      "'",
      '"',
      '`',
      '\\',
      '$',
      '--',
      '/*',
      '*/',
      '#',
      '[',
      ']',
      '(',
      ',',
      ';',
      '!',
      '%s',
      'é',
      '\n',
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => `hush${parts.join('')}`);

describe.each(Object.keys(SPELLINGS))('%s', (system) => {
  const value = fc.oneof(
    fc.tuple(fc.constantFrom(...SPELLINGS[system]!), secretText).map(([spell, text]) => spell(text)),
    fc.constantFrom(...NUMBERS, ...PLACEHOLDERS),
  );
  const values = fc.array(value, { minLength: 8, maxLength: 8 });
  const query = (v: readonly string[]) =>
    `SELECT a, ${v[0]} AS b, f(${v[1]}) FROM t_1 WHERE c = ${v[2]} AND (d IN (${v.slice(3, 6).join(', ')}) OR e <> lower( ${v[6]})) AND g LIKE ${v[7]} LIMIT 5; INSERT INTO u VALUES (${v[0]},${v[1]}), (${v[2]},${v[3]})`;
  const NORMALIZED =
    'SELECT a, ? AS b, f(?) FROM t_1 WHERE c = ? AND (d IN (?) OR e <> lower( ?)) AND g LIKE ? LIMIT ?; INSERT INTO u VALUES (?, ?)';

  it('whatever the values, the statement is the same', () => {
    fc.assert(
      fc.property(values, (some) => {
        const [first, ...rest] = some.map((it) => (it === 'NULL' ? '?' : it));
        expect(fingerprint(query([first!, ...rest]), system).text).toBe(NORMALIZED);
      }),
      { numRuns: 500 },
    );
  });

  it('wherever it is cut off, no value shows', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (some, share) => {
        const whole = query(some);
        const cut = whole.slice(0, Math.floor(whole.length * share));
        const { text } = fingerprint(cut, system);
        expect(text).not.toMatch(/hush|90210/);
        expect(fingerprint(text, system).text).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
