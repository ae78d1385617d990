import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { type Column, table } from './table.ts';

interface Row {
  readonly name: string;
  readonly ms: number;
}

const COLUMNS: Column<Row>[] = [
  { title: 'NAME', cell: (row) => row.name, flexible: true },
  { title: 'MS', cell: (row) => ({ text: String(row.ms), style: 'red' }), align: 'right' },
];

const plain = (rows: Row[], width?: number) => stripVTControlCharacters(table(COLUMNS, rows, width)).split('\n');

it('aligns what it shows', () => {
  expect(
    plain([
      { name: 'GET /', ms: 7 },
      { name: 'ü', ms: 1234 },
    ]),
  ).toEqual(['NAME     MS', 'GET /     7', 'ü      1234']);
});

it('cuts what may be cut, on a narrow terminal only', () => {
  const rows = [{ name: 'SELECT * FROM order_items', ms: 1 }];
  expect(plain(rows, 20)).toEqual(['NAME              MS', 'SELECT * FROM o…   1']);
  expect(plain(rows)[1]).toBe('SELECT * FROM order_items   1');
});

it('lets no text steer the terminal', () => {
  const [, line] = table(COLUMNS, [{ name: 'a\u001b[31mb\nc\u202ed', ms: 1 }]).split('\n');
  expect(line).toContain('a [31mb c d');
});
