/** Sales by day. `pg_sleep` stands for the millions of rows that a real shop has and a demo should not create. */
export function salesReport(database) {
  return async (_request, response) => {
    const sales = await database.query(
      `SELECT date_trunc('day', o.placed_at) AS day, sum(i.quantity * i.price_cents) AS cents
       FROM orders AS o JOIN order_items AS i ON i.order_id = o.id CROSS JOIN pg_sleep(0.15) AS waited
       GROUP BY day ORDER BY day DESC LIMIT 30`,
    );
    response.json(sales.rows);
  };
}
