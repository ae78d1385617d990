/** Pages of a list whose order is computed from all its rows, so that no key of a row says where it stands. */
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { List } from './types.ts';

/** @param read rows from `offset` on, at most `limit` */
export async function offsetPage<Row>(
  parameters: { readonly limit: number; readonly cursor?: string | undefined },
  read: (page: { limit: number; offset: number }) => Promise<readonly Row[]>,
): Promise<List<Row>> {
  const offset = Number(decodeCursor(parameters.cursor, ['integer'])?.[0] ?? 0);
  const { limit } = parameters;
  const rows = await read({ limit: limit + 1, offset });
  return {
    items: rows.slice(0, limit),
    nextCursor: rows.length > limit ? encodeCursor([String(offset + limit)]) : null,
  };
}
