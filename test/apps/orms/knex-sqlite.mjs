import Knex from 'knex';
import BetterSqlite3 from 'knex/lib/dialects/better-sqlite3/index.js';
import { ORDERS, serve } from './serve.mjs';
import { Database, sqliteShop } from './sqlite-shop.mjs';

class Client extends BetterSqlite3 {
  _driver() {
    return Database;
  }

  async acquireRawConnection() {
    return sqliteShop();
  }
}
const knex = Knex({ client: Client, connection: { filename: ':memory:' }, useNullAsDefault: true });

serve({
  async unfixed() {
    const found = await knex('orders').orderBy('id').limit(ORDERS);
    for (const order of found) {
      order.lines = await knex('order_lines').where({ order_id: order.id }); // N+1
    }
    return found;
  },
  async sideBySide() {
    const found = await knex('orders').orderBy('id').limit(ORDERS);
    return await Promise.all(found.map(({ id }) => knex('order_lines').where({ order_id: id }))); // side by side
  },
  async fixed() {
    const found = await knex('orders').orderBy('id').limit(ORDERS);
    const ids = found.map(({ id }) => id);
    const lines = await knex('order_lines').whereIn('order_id', ids);
    return found.map((order) => ({ ...order, lines: lines.filter(({ order_id }) => order_id === order.id) }));
  },
});
