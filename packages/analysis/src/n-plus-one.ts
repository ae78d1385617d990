import { OTHER_QUERIES_TEXT } from './fingerprint.ts';

/**
 * An N+1: one query fingerprint, again and again on one loop path of one request.
 *
 *     SERVER GET /orders
 *       CLIENT SELECT ... FROM orders                       source query
 *       INTERNAL loadItems
 *         CLIENT SELECT ... FROM items WHERE order_id = ?   repeated query
 *       INTERNAL loadItems
 *         CLIENT SELECT ... FROM items WHERE order_id = ?   repeated query
 *
 * Order, overlap and the time between the repeats do not matter: a parallel loop is a loop, and so is a slow one.
 *
 * @param repeats calls of one fingerprint on one loop path of one request that neither failed (a retry follows) nor asked for
 *   many at once (a chunk)
 * @param threshold smallest number of calls that is an N+1
 */
export function isNPlusOne(repeats: number, threshold: number, queryText = ''): boolean {
  return queryText !== OTHER_QUERIES_TEXT && repeats >= threshold;
}
