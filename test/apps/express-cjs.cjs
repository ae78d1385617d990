const express = require('express');
const { Pool } = require('pg');

async function main() {
  const { listening, POOL } = await import('./lifecycle.mjs');
  const { SCHEMA } = await import('./orders.mjs');
  const pool = new Pool(POOL);
  await pool.query(SCHEMA);

  const app = express();
  app.get('/orders', async (_request, response) => {
    const { rows: orders } = await pool.query('SELECT id FROM orders ORDER BY id LIMIT 5');
    for (const { id } of orders) {
      const client = await pool.connect();
      await client.query('SELECT product FROM lines WHERE order_id = $1', [id]); // N+1
      client.release();
    }
    response.json(orders);
  });
  app.get('/broken', async () => {
    throw new TypeError('cannot read the price of product 17');
  });
  app.use((_error, _request, response, _next) => response.status(500).end('failed'));

  const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => listening(server));
}

main();
