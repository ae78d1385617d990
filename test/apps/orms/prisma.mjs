import { PrismaPg } from '@prisma/adapter-pg';
import { getPrismaClientClass } from './prisma/client.mjs';
import { ORDERS, serve } from './serve.mjs';

const PrismaClient = getPrismaClientClass();
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 3 }) });

function orders(more) {
  return prisma.order.findMany({ orderBy: { id: 'asc' }, take: ORDERS, ...more });
}

serve({
  async unfixed() {
    const found = await orders();
    for (const order of found) {
      order.lines = await prisma.line.findMany({ where: { orderId: order.id } }); // N+1
    }
    return found;
  },
  async sideBySide() {
    return await Promise.all((await orders()).map(({ id }) => prisma.line.findMany({ where: { orderId: id } }))); // side by side
  },
  async fixed() {
    return orders({ include: { lines: true } });
  },
});
