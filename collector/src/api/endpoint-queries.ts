/** Queries of one endpoint, heaviest first, with the line that calls each. */
import type { Store } from '../store/store.ts';
import { endpointCallSites } from './endpoint-call-sites.ts';
import type { ListParameters } from './parameters.ts';
import { listQueries } from './queries.ts';
import type { EndpointQuery, List } from './types.ts';

export async function endpointQueries(
  store: Store,
  parameters: ListParameters,
  nowMs: number,
): Promise<List<EndpointQuery>> {
  const [list, sites] = await Promise.all([
    listQueries(store, { ...parameters, sort: 'total' }, nowMs),
    endpointCallSites(store, parameters, nowMs),
  ]);
  const siteOf = new Map(sites.map(({ fingerprint, callSite }) => [fingerprint, callSite]));
  return { ...list, items: list.items.map((query) => ({ ...query, callSite: siteOf.get(query.fingerprint) ?? '' })) };
}
