import { describe, expect, it } from 'vitest';
import { isQueryText } from './is-query-text.ts';

describe('no query', () => {
  it.each([
    '',
    '  ',
    ';',
    '-- only a comment',
    'BEGIN',
    'begin;',
    'BEGIN ISOLATION LEVEL SERIALIZABLE',
    'START TRANSACTION',
    'COMMIT',
    '/* app */ ROLLBACK TO SAVEPOINT a',
    'SAVEPOINT a',
    'RELEASE SAVEPOINT a',
    'END',
    "SET search_path = 'a;b'",
    'SET a = 1; SET b = 2;',
    'BEGIN; COMMIT',
  ])('%j', (text) => expect(isQueryText(text)).toBe(false));
});

describe('a query', () => {
  it.each([
    'SELECT 1',
    '/* app */ select 1',
    '(SELECT 1)',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'BEGIN; UPDATE t SET a = 1; COMMIT',
    'BEGIN UPDATE t SET a = 1; END',
    'SETTINGS',
    'CALL begin_day()',
    'BEGIN;SELECT 1',
  ])('%j', (text) => expect(isQueryText(text)).toBe(true));

  it('is what it is in a database without SQL', () => {
    expect(isQueryText('SET key ?', 'redis')).toBe(true);
    expect(isQueryText(' ', 'redis')).toBe(false);
  });
});
