import { describe, expect, it } from 'vitest';
import { isBatchText } from './batch-text.ts';
import { hasAllValues, isWithoutValues } from './literal-values.ts';
import { isPreparation } from './preparation.ts';

describe('a statement that asks for many at once', () => {
  it.each([
    'SELECT * FROM t WHERE id IN ($1, $2)',
    'SELECT * FROM t WHERE id in (1,2,3)',
    'SELECT * FROM t WHERE id = ANY($1)',
    'SELECT * FROM unnest($1::int[])',
    "INSERT INTO t (a, b) VALUES (1, now()), (2, 'x)')",
    '{"find":"t","filter":{"_id":{"$in":["?"]}}}',
    'MGET a b',
    'BatchGetItem posts',
  ])('%s', (text) => expect(isBatchText(text)).toBe(true));

  it.each([
    'SELECT * FROM t WHERE id IN ($1)',
    'SELECT * FROM t WHERE id IN (SELECT a, b FROM u)',
    'SELECT f(1, 2) FROM t WHERE a = $1',
    "INSERT INTO t (a, b) VALUES (1, 'x), (y')",
    'SELECT coalesce(a, b) FROM margin (1, 2)',
    'GET a',
  ])('not %s', (text) => expect(isBatchText(text)).toBe(false));

  it('is told in time that grows with its length only', () => {
    const hostile = [
      'IN ('.repeat(20_000),
      'VALUES ('.repeat(20_000),
      `IN${' '.repeat(60_000)}`,
      'any(,'.repeat(10_000),
    ];
    const startedMs = performance.now();
    for (const text of hostile) isBatchText(text);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

it.each([
  ["SELECT * FROM t WHERE a = 1 AND at > '10:30'", true],
  ['SELECT now()::date', true],
  ['SELECT * FROM t WHERE a = ?', false],
  ['SELECT * FROM t WHERE a = $1', false],
  ['SELECT * FROM t WHERE a = :name', false],
  ['SELECT * FROM t WHERE a = @p0', false],
  ['SELECT * FROM t WHERE a = %s AND b = %(b)s', false],
])('whether all values stand in the text: %s', (text, expected) => expect(hasAllValues(text)).toBe(expected));

it.each([
  ['sql.conn.prepare', true],
  ['PDO::prepare', true],
  ['prepare SELECT 1', true],
  ['SELECT prepare', false],
  ['prepared', false],
])('whether a span only prepares: %s', (name, expected) => expect(isPreparation(name)).toBe(expected));

it.each([
  ['SELECT * FROM settings', 'mysql', true],
  ['SELECT * FROM settings WHERE shop = ?', 'mysql', false],
  ['find users', 'mongodb', false],
  ['GET', 'redis', false],
])('whether there are no values at all: %s of %s', (text, system, expected) => {
  expect(isWithoutValues(text, system)).toBe(expected);
});
