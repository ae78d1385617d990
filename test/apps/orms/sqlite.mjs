import { ORDERS, serve } from './serve.mjs';
import { sqliteShop } from './sqlite-shop.mjs';

const database = sqliteShop();
const selectOrders = database.prepare('SELECT id, customer FROM orders ORDER BY id LIMIT ?');
const selectLines = database.prepare('SELECT product FROM order_lines WHERE order_id = ?');

serve({
  unfixed() {
    return selectOrders.all(ORDERS).map((order) => {
      const lines = selectLines.all(order.id); // N+1
      return { ...order, lines };
    });
  },
  fixed() {
    const join = 'SELECT o.id, l.product FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.id <= ?';
    return database.prepare(join).all(ORDERS);
  },
});
