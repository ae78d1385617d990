import { DataTypes, Sequelize } from 'sequelize';
import { ORDERS, serve } from './serve.mjs';

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false, pool: { max: 3 } });
const options = { timestamps: false };
const Order = sequelize.define('Order', { customer: DataTypes.TEXT }, { ...options, tableName: 'orders' });
const Line = sequelize.define('Line', { product: DataTypes.TEXT }, { ...options, tableName: 'order_lines' });
Order.hasMany(Line, { foreignKey: 'order_id' });

function orders(more) {
  return Order.findAll({ order: ['id'], limit: ORDERS, ...more });
}

serve({
  async unfixed() {
    const found = [];
    for (const order of await orders()) {
      found.push({ ...order.get(), lines: await order.getLines() }); // N+1
    }
    return found;
  },
  async sideBySide() {
    return await Promise.all((await orders()).map((order) => order.getLines())); // side by side
  },
  async fixed() {
    return orders({ include: Line });
  },
});
