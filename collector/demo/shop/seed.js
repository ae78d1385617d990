// Creates the shop's tables and fills them; the same rows every time.
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query(`
  CREATE TABLE products (id int PRIMARY KEY, name text, description text, price_cents int);
  INSERT INTO products
    SELECT n, (ARRAY['anvil', 'bucket', 'candle', 'drum', 'easel', 'flute'])[1 + n % 6] || ' ' || n,
      repeat(md5(n::text) || ' ', 14), 100 + n % 9900
    FROM generate_series(1, 50000) AS n;
  CREATE INDEX products_name ON products (name text_pattern_ops);

  CREATE TABLE orders (id int PRIMARY KEY, customer_id int, placed_at timestamptz);
  INSERT INTO orders
    SELECT n, 1 + n % 50, timestamptz '2026-01-01' + n * interval '3 hours'
    FROM generate_series(1, 600) AS n WHERE n % 50 < 40 OR n % 3 = 0;
  CREATE INDEX orders_customer ON orders (customer_id);

  CREATE TABLE order_items (order_id int, product_id int, quantity int, price_cents int);
  INSERT INTO order_items
    SELECT o.id, 1 + (o.id * 31 + n * 17) % 50000, n, 100 + o.id * n % 9900
    FROM orders AS o, generate_series(1, 4) AS n;
  CREATE INDEX order_items_order ON order_items (order_id);
  CREATE INDEX order_items_product ON order_items (product_id);
  ANALYZE;
`);
await client.end();
