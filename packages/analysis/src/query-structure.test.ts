import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { queryStructure } from './query-structure.ts';

const summaryOf = (query: string, dbSystem = '') => queryStructure(query, dbSystem).summary;

describe('a summary names operations and targets in their order, as written', () => {
  it.each([
    ['SELECT * FROM songs, artists WHERE songs.artist_id == artists.id', 'SELECT songs artists'],
    ['SELECT * FROM "song list", `x`.[y z]', 'SELECT "song list" `x`.[y z]'],
    ['INSERT INTO shipping_details (order_id) SELECT id FROM orders', 'INSERT shipping_details SELECT orders'],
    ['SELECT a FROM (SELECT * FROM orders o JOIN customers c ON o.id = c.id)', 'SELECT SELECT orders customers'],
    ['SELECT * FROM (a JOIN b USING (id)), c', 'SELECT a b c'],
    ['update ONLY shop.Orders o set a = (select max(b) from u)', 'update shop.Orders select u'],
    ['UPDATE a JOIN b ON a.x = b.x SET a.y = 1', 'UPDATE a b'],
    ['UPDATE t SET (a, b) = (SELECT c, d FROM u), e = 3 FROM v, w', 'UPDATE t SELECT u v w'],
    ['DELETE FROM a USING b, c WHERE a.id = b.id', 'DELETE a b c'],
    ['DELETE o FROM orders o JOIN customers c ON true', 'DELETE orders customers'],
    ['DELETE orders WHERE id = 1', 'DELETE orders'],
    ['INSERT OR REPLACE INTO t VALUES (1)', 'INSERT t'],
    ['INSERT IGNORE t VALUES (1)', 'INSERT t'],
    ['REPLACE INTO t VALUES (1)', 'REPLACE t'],
    ['INSERT ALL INTO a VALUES (1) INTO b VALUES (2) SELECT * FROM dual', 'INSERT a b SELECT dual'],
    ['INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1', 'INSERT t'],
    ['MERGE INTO t USING s ON (t.a = s.a) WHEN MATCHED THEN UPDATE SET b = 1', 'MERGE t s'],
    ['TRUNCATE TABLE a, b', 'TRUNCATE TABLE a b'],
    ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (a)', 'CREATE INDEX ix'],
    ['CREATE TABLE t2 AS SELECT * FROM t1', 'CREATE TABLE t2 SELECT t1'],
    ['DROP TABLE IF EXISTS a, b CASCADE', 'DROP TABLE a b'],
    ['EXPLAIN SELECT * FROM t', 'EXPLAIN SELECT t'],
    ['COPY t (a, b) FROM STDIN', 'COPY t'],
    ['EXEC dbo.find @id, 5', 'EXEC dbo.find'],
    ['{call some_stored_procedure}', 'call some_stored_procedure'],
    ['{? = call some_stored_procedure(?)}', 'call some_stored_procedure'],
    ['SELECT a FROM t; DELETE FROM u', 'SELECT t DELETE u'],
    ['SELECT 1', 'SELECT'],
  ])('%s', (query, summary) => {
    expect(summaryOf(query)).toBe(summary);
    expect(summaryOf(fingerprint(query).text)).toBe(summary);
  });
});

describe('no target is', () => {
  it.each([
    [
      'a name of WITH',
      'WITH x AS (SELECT 1 FROM a), y (c) AS (SELECT 2 FROM x) SELECT * FROM x JOIN y',
      'SELECT a SELECT SELECT',
    ],
    ['a function', 'SELECT * FROM generate_series(1, 10) g, t, LATERAL unnest(t.x)', 'SELECT t'],
    ['what FROM means in a function', "SELECT extract(epoch FROM a), trim(both 'x' FROM b) FROM t", 'SELECT t'],
    ['what FROM means in a comparison', 'SELECT a FROM t WHERE b IS DISTINCT FROM c', 'SELECT t'],
    ['a value', "SELECT * FROM $1, 'artists'", 'SELECT'],
    ['a lock', 'SELECT a FROM t FOR UPDATE OF t', 'SELECT t'],
    ['a column with a keyword for a name', 'SELECT t.update, t.from, a AS start FROM t', 'SELECT t'],
    ['a function with a command for a name', "SELECT REPLACE(a, 'x', 'y'), TRUNCATE (b, 2) FROM t", 'SELECT t'],
  ])('%s', (_, query, summary) => expect(summaryOf(query)).toBe(summary));

  it('a variable, where SELECT INTO sets one', () => {
    expect(summaryOf('SELECT count(*) INTO total FROM t', 'mysql')).toBe('SELECT t');
    expect(summaryOf('SELECT * INTO #copy FROM t', 'microsoft.sql_server')).toBe('SELECT #copy t');
  });
});

describe('what steers the session', () => {
  it('is the summary of a text that does nothing else', () => {
    expect(summaryOf('BEGIN')).toBe('BEGIN');
    expect(summaryOf("set search_path = 'x'; COMMIT")).toBe('set');
    expect(summaryOf('BEGIN; UPDATE t SET a = 1; COMMIT')).toBe('UPDATE t');
  });

  it('is found among the commands', () => {
    expect(queryStructure('BEGIN; UPDATE t SET a = 1; COMMIT').commands).toEqual(['BEGIN', 'UPDATE', 'COMMIT']);
  });
});

it('finds commands and tables once each', () => {
  expect(queryStructure('SELECT * FROM a LEFT JOIN b ON true WHERE c IN (SELECT d FROM a)')).toEqual({
    summary: 'SELECT a b SELECT a',
    commands: ['SELECT', 'JOIN'],
    tables: ['a', 'b'],
  });
});

it('keeps to 255 characters, and to whole names', () => {
  const tables = Array.from({ length: 80 }, (_, i) => `table_${i}`);
  const summary = summaryOf(`SELECT * FROM ${tables.join(', ')}`);
  expect(summary.length).toBeLessThanOrEqual(255);
  expect(summary.length).toBeGreaterThan(240);
  expect(`SELECT ${tables.join(' ')} `).toContain(`${summary} `);
  expect(summaryOf(`SELECT * FROM "${'x'.repeat(100)}", ${'y'.repeat(300)}, z`)).toBe(`SELECT "${'x'.repeat(100)}"`);
});

it('has nothing to say of what is no SQL', () => {
  for (const [query, system] of [
    ['GET ?', 'redis'],
    ['{"find": ?}', 'mongodb'],
    ['(other)', ''],
    ['', ''],
  ] as const) {
    expect(queryStructure(query, system)).toEqual({ summary: '', commands: [], tables: [] });
  }
});

it.each(['(', 'FROM (', 'a.', 'SELECT ', 'DELETE a,', 'WITH a AS (', ';', 'CREATE ', 'FROM a,', ')'])(
  'takes time linear in the length: %s',
  (part) => {
    const query = part.repeat(2 ** 18 / part.length);
    const before = process.cpuUsage();
    expect(summaryOf(query).length).toBeLessThanOrEqual(255);
    const { user, system } = process.cpuUsage(before);
    // A quadratic step over that many characters would take minutes.
    expect((user + system) / 1e6).toBeLessThan(5);
  },
  60_000,
);
