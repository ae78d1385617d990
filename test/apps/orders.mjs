// What every app here serves: orders with their lines, in the ways in which apps ask for them.
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, customer text);
  CREATE TABLE IF NOT EXISTS lines (id int PRIMARY KEY, order_id int, product text);
  INSERT INTO orders SELECT n, 'customer ' || n FROM generate_series(1, 20) n ON CONFLICT DO NOTHING;
  INSERT INTO lines SELECT n, 1 + n % 20, 'product ' || n FROM generate_series(1, 100) n ON CONFLICT DO NOTHING;
`;

/** One query for the orders, then one for the lines of each: 1 + 5. */
export async function ordersWithLines(pool) {
  const { rows: orders } = await pool.query('SELECT id, customer FROM orders ORDER BY id LIMIT 5');
  for (const order of orders) {
    const { rows } = await pool.query('SELECT product FROM lines WHERE order_id = $1', [order.id]); // N+1
    order.lines = rows;
  }
  return orders;
}

/** The same side by side: more calls than the pool has clients. */
export async function ordersSideBySide(pool) {
  const { rows: orders } = await pool.query('SELECT id FROM orders ORDER BY id LIMIT 5');
  await Promise.all(orders.map(({ id }) => pool.query(`SELECT product FROM lines WHERE order_id = ${id}`)));
  return orders;
}

export async function order(pool, id) {
  const { rows } = await pool.query('SELECT id, customer FROM orders WHERE id = $1', [id]);
  return rows[0];
}

/** A query that the driver refuses, with a value in its message. */
export function refused(pool) {
  return pool.query('SELECT $1::int', ['secret-value']);
}
