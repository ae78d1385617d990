import { bench, describe } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { FingerprintCache } from './fingerprint-cache.ts';

const COLUMNS = Array.from({ length: 12 }, (_, i) => `"Order"."column_${i}" AS "column_${i}"`).join(', ');
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  'ORM, placeholders': [
    `SELECT ${COLUMNS} FROM "orders" AS "Order" WHERE "Order"."customer_id" = $1 AND "status" IN ($2, $3) LIMIT $4`,
  ],
  'literals in the text': Array.from(
    { length: 1_000 },
    (_, i) =>
      `SELECT o.id, o.total FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = ${i * 7919} AND o.note LIKE 'note ${i}%' -- ${i}`,
  ),
  'bulk insert': [
    `INSERT INTO items (order_id, sku, price) VALUES ${Array.from({ length: 500 }, (_, i) => `(${i}, 'sku-${i}', ${i}.99)`).join(', ')}`,
  ],
};

/** The name says how many megabytes one operation reads: MB/s is that times operations per second. */
for (const [workload, texts] of Object.entries(WORKLOADS)) {
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  describe(`${workload}, ${megabytes.toFixed(6)} MB per operation`, () => {
    bench('lexer', () => {
      for (const text of texts) fingerprint(text, 'postgresql');
    });
    const cache = new FingerprintCache();
    bench('cache', () => {
      for (const text of texts) cache.get(text, 'postgresql');
    });
  });
}
