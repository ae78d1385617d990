/** One product and how often it was sold. */
export function product(database) {
  return async (request, response) => {
    const found = await database.query(
      `SELECT p.id, p.name, p.price_cents, count(i.order_id) AS sold
       FROM products AS p LEFT JOIN order_items AS i ON i.product_id = p.id
       WHERE p.id = $1 GROUP BY p.id`,
      [request.params.id],
    );
    if (found.rows.length === 0) return response.status(404).json({ error: 'no such product' });
    response.json(found.rows[0]);
  };
}
