import mysql from 'mysql2/promise';
import { ORDERS, serve } from './serve.mjs';

const pool = mysql.createPool({ uri: process.env.MARIADB_URL, connectionLimit: 3 });

async function orders() {
  const [rows] = await pool.query('SELECT id, customer FROM orders ORDER BY id LIMIT ?', [ORDERS]);
  return rows;
}

serve({
  async unfixed() {
    const found = await orders();
    for (const order of found) {
      [order.lines] = await pool.execute('SELECT product FROM order_lines WHERE order_id = ?', [order.id]); // N+1
    }
    return found;
  },
  async sideBySide() {
    const ask = ({ id }) => pool.query('SELECT product FROM order_lines WHERE order_id = ?', [id]); // side by side
    return await Promise.all((await orders()).map(ask));
  },
  async fixed() {
    const [rows] = await pool.query('SELECT o.id, l.product FROM orders o JOIN order_lines l ON l.order_id = o.id');
    return rows;
  },
});
