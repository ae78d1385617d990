import { asc, eq, inArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { ORDERS, serve } from './serve.mjs';

const orders = pgTable('orders', { id: integer().primaryKey(), customer: text() });
const lines = pgTable('order_lines', { id: integer().primaryKey(), orderId: integer('order_id'), product: text() });
const db = drizzle(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 3 }));

function someOrders() {
  return db.select().from(orders).orderBy(asc(orders.id)).limit(ORDERS);
}

serve({
  async unfixed() {
    const found = [];
    for (const order of await someOrders()) {
      found.push({ ...order, lines: await db.select().from(lines).where(eq(lines.orderId, order.id)) }); // N+1
    }
    return found;
  },
  async sideBySide() {
    const found = await someOrders();
    return await Promise.all(found.map(({ id }) => db.select().from(lines).where(eq(lines.orderId, id)))); // side by side
  },
  async fixed() {
    const found = await someOrders();
    const ids = found.map(({ id }) => id);
    const all = await db.select().from(lines).where(inArray(lines.orderId, ids));
    return found.map((order) => ({ ...order, lines: all.filter(({ orderId }) => orderId === order.id) }));
  },
});
