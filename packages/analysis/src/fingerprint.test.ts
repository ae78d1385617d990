import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

const textOf = (query: string, dbSystem = '') => fingerprint(query, dbSystem).text;

describe('values become ?', () => {
  it.each([
    ["SELECT * FROM t WHERE a = 1 AND b = 'x'", 'SELECT * FROM t WHERE a = ? AND b = ?'],
    ['a = $1 AND b = ? AND c = :name AND d = @p1 AND e = %s AND f = %(name)s AND g = ?2', null],
    ["a = E'it\\'s' OR b = N'é' OR c = X'1F' OR d = B'01' OR e = U&'x' OR f = _utf8'y'", null],
    ["a = $$it's$$ OR b = $tag$ $$ $tag$ OR c = q'[it's]' OR d = nq'!it's!' OR e = q'{}}'", null],
    ['a = 0xFF OR b = 1e-5 OR c = .5 OR d = -1.5E+10 OR e = +3 OR f = TRUE OR g = false', null],
  ])('%s', (query, expected) => {
    expect(textOf(query)).toBe(expected ?? query.replace(/= .*?(?= (?:AND|OR) [a-z] =|$)/g, '= ?'));
  });

  it('knows NULL as a value only where a value must stand', () => {
    expect(textOf('UPDATE t SET a = NULL WHERE b IS NULL AND c IS NOT NULL')).toBe(
      'UPDATE t SET a = ? WHERE b IS NULL AND c IS NOT NULL',
    );
    expect(textOf('INSERT INTO t VALUES (NULL, 1)')).toBe(textOf('INSERT INTO t VALUES (2, NULL)'));
  });

  it('takes a sign for part of a number except after an operand', () => {
    expect(textOf('SELECT -1, a -1, a-1, f(x)-1, b[1]-1, 99+100')).toBe('SELECT ?, a ?, a-?, f(x)-?, b[?]-?, ??');
  });
});

describe('a client is read as its database', () => {
  it.each([
    ['mysql2', 'SELECT "x" FROM t', 'SELECT ? FROM t'],
    ['better-sqlite3', 'SELECT [a] FROM t WHERE b = "x"', 'SELECT [a] FROM t WHERE b = ?'],
    ['pg', "SELECT E'\\'' /* a /* b */ c */ FROM t", 'SELECT ? FROM t'],
    ['valkey', 'HSET user:17 name Ann', 'HSET ?'],
  ])('%s: %s', (system, query, expected) => expect(textOf(query, system)).toBe(expected));
});

describe('names stay as they are', () => {
  it.each([
    'SELECT c3po, "Übung 7", `a 1`, x.y FROM orders_2024 o JOIN orders_2025 p ON o.id = p.id',
    'SELECT [Order Details].[Unit Price] FROM [dbo].[Order Details]',
    'SELECT x::int4, y::timestamptz, v$session.sid, #temporary.a, @@rowcount',
    "SELECT data->'a'->>'b', tags @> ARRAY[x], a #> path",
    'SELECT t.true, t.false FROM t',
  ])('%s', (query) => {
    expect(textOf(query)).toBe(query.replace(/'[^']*'/g, '?'));
  });

  it('tells tables apart that differ in digits or case', () => {
    const ids = ['table_123', 'table_456', 'TABLE_123'].map((table) => fingerprint(`SELECT a FROM ${table}`).hex);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('lists fold', () => {
  it.each([
    ['IN (1)', 'IN (?)'],
    ['IN (1, 2, 3)', 'IN (?)'],
    ['in ( $1,$2 , $3 )', 'in (?)'],
    ['IN (?::int, ?::int)', 'IN (?::int)'],
    ['(a, b) IN ((1, 2), (3, 4))', '(a, b) IN ((?, ?))'],
    ['= ANY (ARRAY[1, 2, 3])', '= ANY (ARRAY[?])'],
    ['IN (SELECT 1, 1 FROM t)', 'IN (SELECT ?, ? FROM t)'],
    ['IN (1, a, 2, 3)', 'IN (?, a, ?)'],
    ["VALUES (1, 'a'), (2, 'b'),(3,'c') RETURNING id", 'VALUES (?, ?) RETURNING id'],
    ['VALUES (1, now()), (2, now()), b', 'VALUES (?, now()), b'],
    ['ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)', 'ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)'],
    ['f(1, 2, 3)', 'f(?, ?, ?)'],
  ])('%s', (query, expected) => {
    expect(textOf(query)).toBe(expected);
  });

  it('folds a list that was cut off wherever the cut is', () => {
    for (const cut of ['IN (1', 'IN (1,', 'IN (1, 2', "IN (1, 2, 'abc"]) expect(textOf(cut)).toBe('IN (?');
    for (const cut of ['VALUES (1, 2), (3', 'VALUES (1, 2), (3, 4', 'VALUES (1,2),', 'VALUES (1,2)']) {
      expect(textOf(cut)).toBe('VALUES (?, ?)');
    }
  });
});

describe('comments and white space fold', () => {
  it('drops comments, those of sqlcommenter too', () => {
    const plain = 'SELECT a FROM t';
    expect(textOf('SELECT a -- why\nFROM t')).toBe(plain);
    expect(textOf("SELECT/*+ hint */a\tFROM\r\n t /*traceparent='00-0af7-b7ad-01',route='%2Forders'*/;")).toBe(plain);
    expect(textOf('/* never closed SELECT a')).toBe('');
    expect(textOf('SELECT a /* x /* y */ z */ FROM t', 'postgresql')).toBe(plain);
  });

  it('drops what ends a statement, not what separates two', () => {
    expect(textOf('SELECT 1 ; ')).toBe('SELECT ?');
    expect(textOf('SELECT 1;SELECT 2')).toBe('SELECT ?;SELECT ?');
  });
});

describe('the database decides', () => {
  it('what double quotes, backslashes and # mean', () => {
    expect(textOf('SELECT "x" # y', 'mysql')).toBe('SELECT ?');
    expect(textOf('SELECT "x" # y', 'postgresql')).toBe('SELECT "x" # y');
    expect(textOf("SELECT 'it\\'s secret'", 'mysql')).toBe('SELECT ?');
    expect(textOf("SELECT 'C:\\', a", 'postgresql')).toBe('SELECT ?, a');
  });

  it('nothing when unknown: then the reading holds that leaks least', () => {
    expect(textOf("SELECT 'it\\'s secret'")).toBe('SELECT ?');
    expect(textOf("SELECT 'C:\\', a")).toBe('SELECT ?, a');
    expect(textOf('SELECT "never closed')).toBe('SELECT ?');
  });

  it('by old and new names, and by no inherited property', () => {
    expect(textOf('SELECT "x"', 'mariadb')).toBe('SELECT ?');
    expect(textOf('SELECT "x"', 'constructor')).toBe('SELECT "x"');
  });
});

/** Fragments of SQL in an order that no database accepts, and arbitrary characters between them. */
const fragment = fc.constantFrom(
  ...[
    "'",
    '"',
    '`',
    '$',
    '$a$',
    '[',
    ']',
    '(',
    ')',
    ',',
    ';',
    '--',
    '/*',
    '*/',
    '#',
    '\\',
    ':',
    '@',
    '%',
    '%s',
    '?',
    '.',
  ],
  ...[
    '-',
    '+',
    '1',
    '0x',
    'e',
    'E',
    "q'[",
    'IN',
    ' IN (',
    'VALUES',
    ' VALUES (',
    'NULL',
    'true',
    'SELECT',
    'a',
    ' ',
    '\n',
  ],
);
const hostile = fc.oneof(
  fc.array(fragment, { maxLength: 24 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const system = fc.constantFrom('', 'mysql', 'postgresql', 'mssql', 'oracle', 'sqlite');

describe('whatever the text', () => {
  it('never throws, and normalising twice changes nothing', () => {
    fc.assert(
      fc.property(hostile, system, (query, dbSystem) => {
        const once = fingerprint(query, dbSystem);
        expect(fingerprint(once.text, dbSystem)).toEqual(once);
        expect(once.hex).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['# at the end of a line', 'a ##\nb'],
    ['an empty element at the end', 'IN (a, ,'],
    ['a placeholder after a comma', '[e,%s?'],
    ['an element that begins like the one before', '[1., 1, 1'],
    ['a comma after the rows', 'VALUES (1),;'],
  ])('nor where it is easy to get wrong: %s', (_, query) => {
    const once = fingerprint(query);
    expect(fingerprint(once.text)).toEqual(once);
  });

  it('no literal survives, and queries that differ only in literals meet', () => {
    const secret = 'zqsecret';
    const quote = (value: string) => `'${value.replaceAll("'", "''")}'`;
    const literal = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .string({ maxLength: 12 })
        .filter((it) => !it.includes('\\'))
        .map((it) => quote(it + secret + it)),
      fc.constantFrom(`$$${secret}'$$`, `N'${secret}'`, `q'[${secret}']'`, '$1', '?', ':name', '@p1', '%s', 'TRUE'),
    );
    const query = (values: readonly string[]) =>
      `SELECT a, ${values[0]} FROM t WHERE b = ${values[1]} AND c IN (${values.slice(2).join(', ')}) LIMIT ${values[1]}`;
    const values = fc.array(literal, { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(values, values, (some, others) => {
        const text = textOf(query(some));
        expect(text).not.toContain(secret);
        expect(text).toBe('SELECT a, ? FROM t WHERE b = ? AND c IN (?) LIMIT ?');
        expect(textOf(query(others))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
