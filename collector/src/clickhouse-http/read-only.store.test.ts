import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../store/each-store.ts';
import { type EmbeddedEngine, openEmbeddedEngine } from '../store/embedded-engine.ts';
import { randomNumbers } from '../store/generated-spans.ts';
import { QueryRunner } from './query-runner.ts';
import { querySettings } from './query-settings.ts';
import { READ_LIMITS } from './read-limits.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: EmbeddedEngine;
let runner: QueryRunner;

beforeAll(async () => {
  directory = await temporaryDirectory();
  engine = openEmbeddedEngine(directory.path);
  const session: Session = engine.session();
  await session.queryAsync('CREATE DATABASE shop ENGINE = Atomic');
  await session.queryAsync('CREATE TABLE shop.orders (id UInt64, name String) ENGINE = MergeTree ORDER BY id');
  await session.queryAsync("INSERT INTO shop.orders SELECT number, 'x' FROM numbers(10)");
  session.close();
  runner = new QueryRunner({ engine, readOnly: READ_LIMITS });
});
afterAll(async () => {
  await runner.drained();
  await engine.close();
  await directory.remove();
});

const run = async (sql: string, search: Record<string, string> = {}, data = '') => {
  const settings = querySettings(new URLSearchParams({ database: 'shop', ...search }), {});
  const answer = await runner.run(sql, Buffer.from(data), settings, false);
  return Buffer.from(answer.bytes).toString();
};

describe('a read-only port', () => {
  it.each([
    ['SELECT count() FROM orders', '10\n'],
    ['  -- how many\n (SELECT count() FROM orders)', '10\n'],
    ['WITH 2 AS x SELECT x * id FROM orders WHERE id = 3', '6\n'],
    ["SELECT format('{}-{}', 'a', name) FROM orders LIMIT 1", 'a-x\n'],
    ['SELECT sum(number) FROM numbers(4)', '6\n'],
    ["SELECT count() FROM orders WHERE name = 'DROP TABLE file(1); é'", '0\n'],
    ['EXISTS TABLE orders', '1\n'],
    ['SHOW TABLES', 'orders\n'],
  ])('answers %s', async (sql, answer) => {
    expect(await run(sql)).toBe(answer);
  });

  it('describes and explains', async () => {
    expect(await run('DESCRIBE TABLE orders')).toContain('UInt64');
    expect(await run('EXPLAIN SELECT * FROM orders')).toContain('ReadFromMergeTree');
  });

  it.each([
    "INSERT INTO orders VALUES (1, 'x')",
    'INSERT INTO orders FORMAT JSONEachRow {}',
    "INSERT INTO FUNCTION file('x.tsv') SELECT 1",
    'DROP TABLE orders',
    'TRUNCATE TABLE orders',
    'ALTER TABLE orders DELETE WHERE 1',
    'CREATE TABLE x (a UInt8) ENGINE = Memory',
    'CREATE TEMPORARY TABLE x (a UInt8)',
    'OPTIMIZE TABLE orders',
    'SYSTEM SHUTDOWN',
    'KILL QUERY WHERE 1',
    'SET readonly = 0',
    'USE system',
    'ATTACH TABLE x',
    'GRANT ALL ON *.* TO default',
    "BACKUP DATABASE shop TO Disk('x', 'y')",
    "WITH x AS (SELECT 1) INSERT INTO orders SELECT 1, 'x'",
    "EXPLAIN INSERT INTO orders SELECT 1, 'x'",
    'SELECT 1 SETTINGS readonly = 0',
    'SELECT 1 SETTINGS max_execution_time = 100000',
    'SELECT 1; DROP TABLE orders',
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM file /* (numbers) */ ('/etc/passwd', 'LineAsString')",
    "SELECT * FROM FiLe('/etc/passwd', 'LineAsString')",
    "SELECT * FROM `file`('/etc/passwd', 'LineAsString')",
    "SELECT * FROM \"\\x66ile\"('/etc/passwd', 'LineAsString')",
    "SELECT file('/etc/passwd')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    "SELECT * FROM s3('http://127.0.0.1:1/x')",
    "SELECT * FROM executable('id', 'TSV', 'x String')",
    "SELECT * FROM python('x')",
    "SELECT * FROM (SELECT * FROM sqlite('/etc/passwd', 'x'))",
    "DESCRIBE TABLE file('/etc/passwd', 'LineAsString')",
    "EXPLAIN SYNTAX SELECT * FROM file('/etc/passwd', 'LineAsString')",
  ])('refuses %s', async (sql) => {
    await expect(run(sql)).rejects.toThrow(/Code: (164|62|46|344|48)\./);
    expect(await run('SELECT count() FROM orders')).toBe('10\n');
  });

  it.each([
    'INTO OUTFILE',
    'into outfile',
    'INTO /* /* - */ */ OUTFILE',
    'INTO -- x\n OUTFILE',
    'INTO // x\n OUTFILE',
    'INTO\u200bOUTFILE',
    "AS “'” INTO OUTFILE",
  ])('writes no file by %s', async (clause) => {
    const path = join(directory.path, 'out.txt');
    await expect(run(`SELECT 1 ${clause} '${path}'`)).rejects.toThrow('INTO OUTFILE');
    await expect(run(`(SELECT 1) ${clause} '${path}' TRUNCATE FORMAT TSV`)).rejects.toThrow('INTO OUTFILE');
    expect(existsSync(path)).toBe(false);
  });

  it('writes no file, and drops no table, whatever is mixed into a statement', async () => {
    const path = join(directory.path, 'out.txt');
    const pieces = [
      ' ',
      "'",
      '"',
      '`',
      '\\',
      '/*',
      '*/',
      '--',
      '//',
      '\n',
      '# ',
      '#!',
      '$$',
      '1',
      '1.',
      ' x ',
      ';',
      ',',
    ]
      .concat(['‘', '’', '“', '”', '\u200b', '\u00a0', '\u0085', '\0', '(', ')', '—'])
      .concat([`INTO OUTFILE '${path}'`, 'DROP TABLE orders', 'INSERT INTO orders SELECT 1, 2', "file('/etc/passwd')"]);
    const random = randomNumbers(1);
    for (let i = 0; i < 1500; i++) {
      const length = 1 + Math.floor(random() * 8);
      const mixed = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]!).join('');
      const answer = await run(`SELECT 1 ${mixed}`).catch(() => '');
      expect(existsSync(path) || answer.includes('root:'), mixed).toBe(false);
    }
    expect(await run('SELECT count() FROM orders')).toBe('10\n');
  });

  it('reads no rows that come with the request, and no statement hidden behind one', async () => {
    await expect(run('SELECT 1', {}, '; DROP TABLE orders')).rejects.toThrow('Multi-statements');
    await expect(run('INSERT INTO orders FORMAT JSONEachRow', {}, '{"id":1}')).rejects.toThrow('Code: 164.');
  });

  it('lets a caller shape the answer, but lift no limit', async () => {
    expect(await run('SELECT 1 AS a FORMAT JSONEachRow', { output_format_json_quote_64bit_integers: '1' })).toBe(
      '{"a":1}\n',
    );
    const names = ['max_threads', 'max_memory_usage', 'max_temporary_data_on_disk_size_for_query', 'max_result_bytes'];
    const limits = await run(`SELECT ${names.map((name) => `getSetting('${name}')`).join(', ')}`, {
      max_result_bytes: '0',
    });
    expect(limits).toBe(`1\t${512 * 1024 ** 2}\t${512 * 1024 ** 2}\t${64 * 1024 ** 2}\n`);
    for (const name of ['max_memory_usage', 'allow_ddl', 'format_template_row', 'output_format_schema']) {
      await expect(run('SELECT 1', { [name]: '0' })).rejects.toThrow('Code: 164.');
    }
    for (const readonly of ['0', '1', '2']) {
      expect(await run("SELECT getSetting('readonly')", { readonly, join_use_nulls: '1' })).toBe('1\n');
    }
    expect(await run("SELECT getSetting('max_execution_time')", { max_execution_time: '100000' })).toBe('30\n');
    expect(await run("SELECT getSetting('max_execution_time')", { max_execution_time: '2.5' })).toBe('2.5\n');
  });
});
