import { expect, it } from 'vitest';
import { querySummary } from './query-summary.ts';

it.each([
  ['SELECT * FROM order_items WHERE order_id = ?', 'SELECT order_items'],
  ['select a from "public"."orders" join b on ?', 'select "public"."orders" b'],
  ['INSERT INTO `orders` (a) VALUES (?)', 'INSERT `orders`'],
  ['UPDATE shop.orders SET a = ?', 'UPDATE shop.orders'],
  ['DELETE FROM [orders] WHERE a = ?', 'DELETE [orders]'],
  ['WITH x AS (SELECT ? FROM a) SELECT * FROM x', 'SELECT a SELECT'],
  ['SELECT ?', 'SELECT'],
  ['VALUES (?)', 'VALUES (?)'],
  ['(other)', '(other)'],
  ['', ''],
])('calls %s %s', (text, summary) => expect(querySummary(text)).toBe(summary));

it('calls a command by its text', () => expect(querySummary('HGETALL ?', 'redis')).toBe('HGETALL ?'));

it('cuts what it cannot name', () => {
  expect(querySummary('x'.repeat(500))).toBe(`${'x'.repeat(79)}…`);
});
