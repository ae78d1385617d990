import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prettySql } from './sql.ts';

/** What must survive: everything but blanks outside of quotes. */
const bare = (text: string) =>
  (text.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\s+|[\s\S]/gu) ?? [])
    .filter((token) => !/^\s+$/u.test(token))
    .join('');

describe('a query over lines', () => {
  it('begins every clause on a line of its own', () => {
    expect(
      prettySql(
        'SELECT p.id, count(i.order_id) AS sold FROM products AS p LEFT JOIN order_items AS i ON i.product_id = p.id WHERE p.id = ? AND p.price BETWEEN ? AND ? GROUP BY p.id ORDER BY sold DESC LIMIT ?',
      ),
    ).toBe(
      [
        'SELECT p.id, count(i.order_id) AS sold',
        'FROM products AS p',
        'LEFT JOIN order_items AS i ON i.product_id = p.id',
        'WHERE p.id = ?',
        '  AND p.price BETWEEN ? AND ?',
        'GROUP BY p.id',
        'ORDER BY sold DESC',
        'LIMIT ?',
      ].join('\n'),
    );
  });

  it('sets a subquery further in, and leaves other brackets on their line', () => {
    expect(
      prettySql(
        'SELECT a, coalesce(b, ?) FROM t WHERE b IN (SELECT c FROM u WHERE e IN (?, ?) OR f = ?) AND left(d, ?) = ? AND (g = ? OR h = ?)',
      ),
    ).toBe(
      [
        'SELECT a, coalesce(b, ?)',
        'FROM t',
        'WHERE b IN (',
        '  SELECT c',
        '  FROM u',
        '  WHERE e IN (?, ?)',
        '    OR f = ?',
        ')',
        '  AND left(d, ?) = ?',
        '  AND (g = ? OR h = ?)',
      ].join('\n'),
    );
  });

  it('sets a subquery further in than the condition that it belongs to', () => {
    expect(
      prettySql(
        'SELECT a FROM some_table_of_a_long_name WHERE b = ? AND c IN (SELECT d FROM u WHERE e = ? AND f = ?) ORDER BY a',
      ),
    ).toBe(
      [
        'SELECT a',
        'FROM some_table_of_a_long_name',
        'WHERE b = ?',
        '  AND c IN (',
        '    SELECT d',
        '    FROM u',
        '    WHERE e = ?',
        '      AND f = ?',
        '  )',
        'ORDER BY a',
      ].join('\n'),
    );
  });

  it('knows statements that write', () => {
    const columns = 'customer_id, product_id, quantity, price_cents, placed_at';
    expect(prettySql(`INSERT INTO order_items (${columns}) VALUES (?, ?, ?, ?, ?) RETURNING id`)).toBe(
      `INSERT INTO order_items (${columns})\nVALUES (?, ?, ?, ?, ?)\nRETURNING id`,
    );
    expect(prettySql(`DELETE FROM order_items WHERE customer_id = ? AND product_id IN (?) AND placed_at < now()`)).toBe(
      'DELETE FROM order_items\nWHERE customer_id = ?\n  AND product_id IN (?)\n  AND placed_at < now()',
    );
  });

  it.each([
    ['a short one', 'SELECT * FROM orders WHERE id = ?'],
    ['a comment', `SELECT ${'a, '.repeat(40)} b -- FROM here\nFROM t`],
    ['a comment of another kind', `SELECT ${'a, '.repeat(40)} b /* FROM */ FROM t`],
    ['a quote without an end', `SELECT ${'a, '.repeat(40)} b FROM 't`],
    ['backslashes', `SELECT ${'a, '.repeat(40)} 'it\\'s FROM' FROM t`],
    [
      'no SQL',
      `{"find":"orders","filter":{"customer":"?"},"sort":{"placed_at":"?"},"limit":"?","from":"where and or"}`,
    ],
    ['nothing', ''],
  ])('stays as it is: %s', (_, text) => {
    expect(prettySql(text)).toBe(text);
  });

  it('keeps what stands in quotes', () => {
    const text = `SELECT "a  FROM  b", 'x  WHERE  y', [c  AND  d] FROM "the  table" WHERE "from" = ? AND e = ? AND f = ?`;
    for (const quoted of ['"a  FROM  b"', "'x  WHERE  y'", '[c  AND  d]', '"the  table"', '"from"']) {
      expect(prettySql(text)).toContain(quoted);
    }
  });

  it('changes nothing but blanks, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        'SELECT',
        'FROM',
        '(',
        ')',
        'AND',
        'JOIN',
        'LEFT',
        'BETWEEN',
        'a.from',
        '?',
        ',',
        "'x  y'",
        '"q  r"',
        '`s  t`',
      ],
      ...[' ', '  ', '\n', '\t', '[u  v]', '$1', ':set', '@where', 'é', '‮', "'", '"', '[', ']', '=', 'ORDER BY', '💥'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
        const text = `SELECT ${'a, '.repeat(30)}${pieces.join(' ')}`;
        expect(bare(prettySql(text))).toBe(bare(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to the text', () => {
    const text = `SELECT ${'(SELECT '.repeat(5000)}`;
    expect(bare(prettySql(text))).toBe(bare(text));
  });
});
