/** Requests of an endpoint that are worth a look: the slowest, some that took about the median, the newest that failed. */
import type { Store } from '../store/store.ts';
import { endpointNumbers } from './endpoint-numbers.ts';
import type { EndpointSamples } from './endpoint-types.ts';
import type { ListParameters } from './parameters.ts';
import { listRequests } from './requests.ts';
import { rollupWindow } from './rollups.ts';

const OF_A_KIND = 3;
/** What counts as about the median. */
const NEAR = 1.25;

export async function endpointSamples(
  store: Store,
  parameters: ListParameters,
  settings: { readonly nPlusOneThreshold: number },
  nowMs: number,
): Promise<EndpointSamples> {
  const { cursor: _, ...range } = parameters;
  const read = async (own: { sort: 'newest' | 'slowest'; error?: boolean; minMs?: number; maxMs?: number }) =>
    (await listRequests(store, { ...range, ...own, limit: OF_A_KIND }, settings, nowMs)).items;
  const { sinceMs, untilMs } = parameters;
  const { requests, p50Ms } = await endpointNumbers(store, parameters, rollupWindow(sinceMs, untilMs, nowMs));
  const [slowest, ordinary, failed] = await Promise.all([
    read({ sort: 'slowest' }),
    requests === 0 ? [] : read({ sort: 'newest', minMs: p50Ms / NEAR, maxMs: p50Ms * NEAR }),
    read({ sort: 'newest', error: true }),
  ]);
  return { slowest, ordinary, failed };
}
