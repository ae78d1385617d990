// The shop on the main branch.
import express from 'express';
import { listening } from '../lifecycle.mjs';
import { sqliteShop } from '../orms/sqlite-shop.mjs';

const database = sqliteShop();
const app = express();
let visits = 0;

app.get('/orders', (_request, response) => {
  const orders = database.prepare('SELECT id, customer FROM orders ORDER BY id LIMIT ?').all(6);
  response.json(orders);
});

app.get('/orders/:id', (request, response) => {
  const { id } = request.params;
  const order = database.prepare('SELECT id, customer FROM orders WHERE id = ?').get(id);
  const lines = database.prepare('SELECT product FROM order_lines WHERE order_id = ?').all(id);
  response.json({ ...order, lines });
});

app.get('/home', (_request, response) => {
  database.prepare('SELECT count(*) FROM orders').get();
  // A cache that has run out, now and then: the average of few requests depends on which they are.
  if (++visits % 4 === 0) database.prepare('SELECT product FROM order_lines ORDER BY id DESC LIMIT ?').all(10);
  response.end('home');
});

app.get('/customers', (_request, response) => {
  response.json(database.prepare('SELECT DISTINCT customer FROM orders').all());
});

const server = app.listen(0, '127.0.0.1', () => listening(server));
