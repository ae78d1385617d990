/** The new search finds a text anywhere, best match first. No index helps it: every product is read for every search. */
export function search(database) {
  return async (request, response) => {
    const found = await database.query(
      `SELECT id, name, price_cents FROM products
       WHERE lower(name || ' ' || description) LIKE $1
       ORDER BY length(regexp_replace(lower(description), $2, '', 'g')), name LIMIT 20`,
      [`%${request.query.q}%`, request.query.q],
    );
    response.json(found.rows);
  };
}
