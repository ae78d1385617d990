import { DataSource, EntitySchema } from 'typeorm';
import { ORDERS, serve } from './serve.mjs';

const Order = new EntitySchema({
  name: 'Order',
  tableName: 'orders',
  columns: { id: { type: 'int', primary: true }, customer: { type: 'text' } },
  relations: { lines: { type: 'one-to-many', target: 'Line', inverseSide: 'order' } },
});
const Line = new EntitySchema({
  name: 'Line',
  tableName: 'order_lines',
  columns: { id: { type: 'int', primary: true }, product: { type: 'text' } },
  relations: { order: { type: 'many-to-one', target: 'Order', joinColumn: { name: 'order_id' } } },
});
const source = await new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [Order, Line],
  poolSize: 3,
}).initialize();

function orders(more) {
  return source.getRepository(Order).find({ order: { id: 'ASC' }, take: ORDERS, ...more });
}

function linesOf({ id }) {
  return source.getRepository(Line).findBy({ order: { id } });
}

serve({
  async unfixed() {
    const found = await orders();
    for (const order of found) {
      order.lines = await linesOf(order); // N+1
    }
    return found;
  },
  async sideBySide() {
    return await Promise.all((await orders()).map(linesOf)); // side by side
  },
  async fixed() {
    return orders({ relations: { lines: true } });
  },
});
