// The shop: an ordinary Express app on PostgreSQL. Nothing in it knows about profiling.
// SHOP_VERSION picks what was deployed: the version of package.json, or the next one, whose product search is new.
import { readFileSync } from 'node:fs';
import express from 'express';
import pg from 'pg';
import { checkout } from './checkout.js';
import { customerOrders } from './orders.js';
import { product } from './product.js';
import { salesReport } from './reports.js';

const manifest = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
const version = process.env.SHOP_VERSION ?? manifest.version;
const { search } = await import(version === manifest.version ? './search.js' : './search-ranked.js');

const database = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8 });
await database.query('SELECT 1');
const app = express();
app.use(express.json());
app.get('/health', (_request, response) => response.json({ version }));
app.get('/products', search(database));
app.get('/products/:id', product(database));
app.get('/customers/:id/orders', customerOrders(database));
app.post('/checkout', checkout(database));
app.get('/reports/sales', salesReport(database));
app.use((error, _request, response, _next) => response.status(500).json({ error: error.message }));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`shop ${version} listening on http://127.0.0.1:${server.address().port}`);
});
process.once('SIGTERM', () => server.close(() => database.end().then(() => process.exit(0))));
