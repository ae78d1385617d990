import Knex from 'knex';
import { ORDERS, serve } from './serve.mjs';

const knex = Knex({ client: 'pg', connection: process.env.DATABASE_URL, pool: { max: 3 } });

function orders() {
  return knex('orders').select('id', 'customer').orderBy('id').limit(ORDERS);
}

serve({
  async unfixed() {
    const found = await orders();
    for (const order of found) {
      order.lines = await knex('order_lines').select('product').where({ order_id: order.id }); // N+1
    }
    return found;
  },
  async sideBySide() {
    const found = await orders();
    return await Promise.all(found.map(({ id }) => knex('order_lines').select('product').where({ order_id: id }))); // side by side
  },
  async fixed() {
    return knex('orders')
      .join('order_lines', 'order_lines.order_id', 'orders.id')
      .select('orders.*', 'order_lines.product');
  },
});
