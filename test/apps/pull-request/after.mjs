// The shop of a pull request: orders are shown with their lines (an N+1), an order with its number of orders (one query more),
// there is a stock (a new route), and customers are gone.
import express from 'express';
import { listening } from '../lifecycle.mjs';
import { sqliteShop } from '../orms/sqlite-shop.mjs';

const database = sqliteShop();
const app = express();
let visits = 0;

app.get('/orders', (_request, response) => {
  const orders = database.prepare('SELECT id, customer FROM orders ORDER BY id LIMIT ?').all(6);
  response.json(orders.map(withLines));
});

function withLines(order) {
  const lines = database.prepare('SELECT product FROM order_lines WHERE order_id = ?').all(order.id); // N+1
  return { ...order, lines };
}

app.get('/orders/:id', (request, response) => {
  const { id } = request.params;
  const order = database.prepare('SELECT id, customer FROM orders WHERE id = ?').get(id);
  const lines = database.prepare('SELECT product FROM order_lines WHERE order_id = ?').all(id);
  const others = database.prepare('SELECT count(*) AS n FROM orders WHERE customer = ?').get(order.customer);
  response.json({ ...order, lines, others: others.n });
});

app.get('/home', (_request, response) => {
  database.prepare('SELECT count(*) FROM orders').get();
  if (++visits % 4 === 0) database.prepare('SELECT product FROM order_lines ORDER BY id DESC LIMIT ?').all(10);
  response.end('home');
});

app.get('/stock', (_request, response) => {
  response.json(database.prepare('SELECT count(*) AS n FROM order_lines').get());
});

const server = app.listen(0, '127.0.0.1', () => listening(server));
