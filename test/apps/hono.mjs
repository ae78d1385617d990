import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { listening, POOL } from './lifecycle.mjs';
import { order, ordersWithLines, SCHEMA } from './orders.mjs';

const pool = new pg.Pool(POOL);
await pool.query(SCHEMA);

const orders = new Hono();
orders.get('/', async (c) => c.json(await ordersWithLines(pool)));
orders.get('/:id', async (c) => c.json(await order(pool, c.req.param('id'))));

const app = new Hono();
app.use('*', async (_c, next) => next());
app.route('/orders', orders);
app.get('/broken', () => {
  throw new TypeError('cannot read the price of product 17');
});
app.onError((_error, c) => c.text('failed', 500));

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 0), hostname: '127.0.0.1' }, () =>
  listening(server),
);
