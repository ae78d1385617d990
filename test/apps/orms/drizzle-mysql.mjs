import { asc, eq, inArray } from 'drizzle-orm';
import { int, mysqlTable, text } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import mysql from 'mysql2/promise';
import { ORDERS, serve } from './serve.mjs';

const orders = mysqlTable('orders', { id: int().primaryKey(), customer: text() });
const lines = mysqlTable('order_lines', { id: int().primaryKey(), orderId: int('order_id'), product: text() });
const db = drizzle(mysql.createPool({ uri: process.env.MARIADB_URL, connectionLimit: 3 }));

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
