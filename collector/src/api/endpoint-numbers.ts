/** The numbers of the chosen endpoints together, over a window as a whole. */
import type { Store } from '../store/store.ts';
import { NUMBER_COLUMNS, QUERY_NUMBER_COLUMNS, type RequestNumbersRow, requestNumbers } from './request-numbers.ts';
import { ENDPOINT_ROLLUP, REQUEST_ROLLUP, type RollupWindow } from './rollups.ts';
import { type RowFilter, rowFilter } from './row-filter.ts';
import type { RequestNumbers } from './types.ts';

/** All zeros without requests. */
export async function endpointNumbers(store: Store, of: RowFilter, window: RollupWindow): Promise<RequestNumbers> {
  const filter = rowFilter(of);
  const params = { ...filter.params, ...window };
  const [[durations], [queries]] = await Promise.all([
    store.query<RequestNumbersRow>(`SELECT ${NUMBER_COLUMNS} FROM ${ENDPOINT_ROLLUP} WHERE ${filter.sql}`, params),
    store.query<RequestNumbersRow>(`SELECT ${QUERY_NUMBER_COLUMNS} FROM ${REQUEST_ROLLUP} WHERE ${filter.sql}`, params),
  ]);
  // Without rows a sketch answers NaN, which JSON carries as null.
  const row = { ...durations!, ...queries! };
  return requestNumbers(row.n === 0 ? { ...row, ns_quantiles: [0, 0, 0] } : row);
}
