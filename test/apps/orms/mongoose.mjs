import mongoose from 'mongoose';
import { ORDERS, serve } from './serve.mjs';

await mongoose.connect(process.env.MONGODB_URL, { maxPoolSize: 3, autoIndex: false, autoCreate: false });
const Order = mongoose.model('Order', new mongoose.Schema({ _id: Number, customer: String }));
const Line = mongoose.model('Line', new mongoose.Schema({ _id: Number, order: Number, product: String }));

function orders() {
  return Order.find().sort('_id').limit(ORDERS).lean();
}

serve({
  async unfixed() {
    const found = await orders();
    for (const order of found) {
      order.lines = await Line.find({ order: order._id }).lean(); // N+1
    }
    return found;
  },
  async sideBySide() {
    return await Promise.all((await orders()).map(({ _id }) => Line.find({ order: _id }).lean())); // side by side
  },
  async fixed() {
    const found = await orders();
    const lines = await Line.find({ order: { $in: found.map(({ _id }) => _id) } }).lean();
    return found.map((order) => ({ ...order, lines: lines.filter((line) => line.order === order._id) }));
  },
});
