import express from 'express';
import pg from 'pg';
import { listening, POOL } from './lifecycle.mjs';
import { order, ordersSideBySide, ordersWithLines, refused, SCHEMA } from './orders.mjs';

const pool = new pg.Pool(POOL);
await pool.query(SCHEMA);

const app = express();
app.get('/orders', async (_request, response) => response.json(await ordersWithLines(pool)));
app.get('/orders/side-by-side', async (_request, response) => response.json(await ordersSideBySide(pool)));
app.get('/orders/:id', async (request, response) => response.json(await order(pool, request.params.id)));
app.get('/refused', async () => refused(pool));
app.get('/broken', async () => {
  throw new TypeError('cannot read the price of product 17');
});
app.get('/hanging', async (_request, response) => {
  await pool.query('SELECT pg_sleep(0.3)');
  response.end();
});
app.get('/late', (_request, response) => {
  void pool.query('SELECT pg_sleep(0.1), 1 AS audit');
  response.end();
});
app.get('/admin/orders', async (_request, response) => response.json(await ordersWithLines(pool)));
app.use((_error, _request, response, _next) => response.status(500).end('failed'));

const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => listening(server));
