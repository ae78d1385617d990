/** Products whose name begins with a text; the index on names answers it. */
export function search(database) {
  return async (request, response) => {
    const found = await database.query(
      'SELECT id, name, price_cents FROM products WHERE name LIKE $1 ORDER BY name LIMIT 20',
      [`${request.query.q}%`],
    );
    response.json(found.rows);
  };
}
