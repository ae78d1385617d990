import { describe, expect, it } from 'vitest';
import { insertWithData } from './insert-with-data.ts';

const parts = (text: string) => {
  const insert = insertWithData(text);
  return insert && { ...insert, data: text.slice(insert.dataStart) };
};

describe('insertWithData', () => {
  it('finds rows behind FORMAT', () => {
    expect(parts('INSERT INTO db.t (a, `b c`) FORMAT JSONEachRow {"a":1}')).toMatchObject({
      head: 'INSERT INTO db.t (a, `b c`)',
      table: 'db.t',
      columns: 'a, `b c`',
      format: 'JSONEachRow',
      select: undefined,
      data: '{"a":1}',
    });
  });

  it('begins binary rows on the line after the format, whatever their first byte', () => {
    expect(parts('INSERT INTO t FORMAT Native \r\n\n \u0001')?.data).toBe('\n \u0001');
    expect(parts('INSERT INTO t FORMAT Native')?.data).toBe('');
  });

  it('finds rows behind VALUES, and settings before them', () => {
    expect(parts("insert into table t settings a = 1, b = 'FORMAT' values (1), ('VALUES')")).toMatchObject({
      head: "insert into table t settings a = 1, b = 'FORMAT'",
      table: 't',
      columns: undefined,
      format: 'Values',
      data: " (1), ('VALUES')",
    });
  });

  it('cuts a query around its input()', () => {
    const text =
      "INSERT INTO t (a) SETTINGS x = 1 SELECT b + (1) FROM input('b Int8, c String') WHERE b > 0 FORMAT CSV\n1,x";
    expect(parts(text)).toMatchObject({
      head: 'INSERT INTO t (a) SETTINGS x = 1',
      format: 'CSV',
      select: { before: 'SELECT b + (1) FROM ', structure: "'b Int8, c String'", after: ' WHERE b > 0 ' },
      data: '1,x',
    });
  });

  it.each([
    'SELECT 1 FORMAT CSV',
    "INSERT INTO t SELECT 'FORMAT' FROM u",
    'INSERT INTO t SELECT * FROM u FORMAT CSV',
    'INSERT INTO FUNCTION file(x)',
    'INSERT INTO t',
    'INSERT INTO t FORMAT',
    'INSERT INTO',
    '',
  ])('finds none in %s', (text) => {
    expect(insertWithData(text)).toBeUndefined();
  });
});
