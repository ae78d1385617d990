/** A customer's orders with their items: one query for the orders, and then one for each of them. */
export function customerOrders(database) {
  return async (request, response) => {
    const orders = await database.query(
      'SELECT id, placed_at FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC',
      [request.params.id],
    );
    for (const order of orders.rows) order.items = await itemsOf(database, order);
    response.json(orders.rows);
  };
}

async function itemsOf(database, order) {
  const items = await database.query('SELECT product_id, quantity, price_cents FROM order_items WHERE order_id = $1', [
    order.id,
  ]);
  return items.rows;
}
