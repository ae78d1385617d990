import fastify from 'fastify';
import pg from 'pg';
import { listening, POOL } from './lifecycle.mjs';
import { order, ordersWithLines, SCHEMA } from './orders.mjs';

const pool = new pg.Pool(POOL);
await pool.query(SCHEMA);

const app = fastify();
app.get('/orders', () => ordersWithLines(pool));
app.get('/orders/:id', (request) => order(pool, request.params.id));
app.get('/broken', async () => {
  throw new TypeError('cannot read the price of product 17');
});

await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
listening(app.server);
