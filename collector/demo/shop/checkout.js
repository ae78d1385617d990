/** Prices a cart; one that holds nothing is a mistake that nobody catches. */
export function checkout(database) {
  return async (request, response) => {
    const { customerId, productIds } = request.body;
    if (productIds.length === 0) throw new EmptyCartError(customerId);
    const priced = await database.query('SELECT sum(price_cents) AS total FROM products WHERE id = ANY($1)', [
      productIds,
    ]);
    response.status(201).json({ totalCents: Number(priced.rows[0].total) });
  };
}

class EmptyCartError extends Error {
  name = 'EmptyCartError';

  constructor(customerId) {
    super(`the cart of customer ${customerId} is empty`);
  }
}
