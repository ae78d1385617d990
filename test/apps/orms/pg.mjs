import pg from 'pg';
import { ORDERS, serve } from './serve.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 3 });

async function orders() {
  return (await pool.query('SELECT id, customer FROM orders ORDER BY id LIMIT $1', [ORDERS])).rows;
}

async function linesOf(order) {
  const { rows } = await pool.query('SELECT product FROM order_lines WHERE order_id = $1', [order.id]); // N+1
  return { ...order, lines: rows };
}

serve({
  async unfixed() {
    const found = [];
    for (const order of await orders()) found.push(await linesOf(order));
    return found;
  },
  async sideBySide() {
    return Promise.all((await orders()).map(linesOf));
  },
  async fixed() {
    const found = await orders();
    const ids = found.map(({ id }) => id);
    const { rows } = await pool.query('SELECT order_id, product FROM order_lines WHERE order_id = ANY($1)', [ids]);
    return found.map((order) => ({ ...order, lines: rows.filter(({ order_id }) => order_id === order.id) }));
  },
});
