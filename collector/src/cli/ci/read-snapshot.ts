/** Asks a collector for a snapshot. */
import type { Endpoint, Finding, FindingType, List, Query } from '../../api/types.ts';
import type { CollectorClient, Query as Parameters } from '../collector-client.ts';
import { type EndpointSnapshot, type NPlusOne, type QueryCalls, SNAPSHOT_FORMAT, type Snapshot } from './snapshot.ts';

/** What one request does again and again, whatever the reason; a cache does so by design. */
const REPEATED: readonly FindingType[] = ['n_plus_one', 'duplicate_query', 'n_plus_one_http'];
/** One that was resolved and is back is new. */
const KNOWN_STATES = ['open', 'acknowledged', 'ignored'];
const PAGE = 1000;
/** Of any list: beyond it, a collector is asked for less, by `--service` or `--since`. */
const ROWS_MAX = 20_000;
const QUERIES_MAX = 20;

export type Filter = Readonly<Record<'since' | 'until' | 'service' | 'environment' | 'version', string | undefined>>;

export async function readSnapshot(client: CollectorClient, filter: Filter): Promise<Snapshot> {
  const [endpoints, findings] = await Promise.all([
    readAll<Endpoint>(client, '/endpoints', filter),
    readAll<Finding>(client, '/findings', { ...filter, type: REPEATED.join(','), state: KNOWN_STATES.join(',') }),
  ]);
  const byEndpoint = new Map<string, NPlusOne[]>();
  for (const finding of findings) {
    const name = `${finding.service}\n${finding.endpoint}`;
    byEndpoint.set(name, [...(byEndpoint.get(name) ?? []), nPlusOne(finding)]);
  }
  const rows = endpoints.map(({ service, method, route, requests, queriesPerRequest }): EndpointSnapshot => {
    const endpoint = `${method} ${route}`.trim();
    const nPlusOnes = (byEndpoint.get(`${service}\n${endpoint}`) ?? []).sort((a, b) => (a.key < b.key ? -1 : 1));
    return { service, endpoint, requests, queriesPerRequest: rounded(queriesPerRequest), nPlusOnes };
  });
  rows.sort((a, b) => (`${a.service}\n${a.endpoint}` < `${b.service}\n${b.endpoint}` ? -1 : 1));
  return { format: SNAPSHOT_FORMAT, endpoints: rows };
}

/** The queries of one endpoint, most calls first, at most 20. */
export async function readQueries(
  client: CollectorClient,
  { service, endpoint, requests }: EndpointSnapshot,
  filter: Filter,
): Promise<QueryCalls[]> {
  const { items } = await client.get<List<Query>>('/queries', { ...filter, service, endpoint, limit: String(PAGE) });
  return items
    .map(({ fingerprint, text, calls }) => ({ fingerprint, text, callsPerRequest: rounded(calls / requests) }))
    .sort((a, b) => b.callsPerRequest - a.callsPerRequest || (a.text < b.text ? -1 : 1))
    .slice(0, QUERIES_MAX);
}

async function readAll<Row>(client: CollectorClient, path: string, query: Parameters): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page: List<Row> = await client.get<List<Row>>(path, { ...query, limit: String(PAGE), cursor });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && rows.length < ROWS_MAX);
  return rows;
}

function nPlusOne({ key, fingerprint, query, loopPath, repeatsP50, callSite }: Finding): NPlusOne {
  return { key, fingerprint, query, loopPath, repeats: repeatsP50, callSite };
}

/** To a thousandth: a file that is saved again differs where something has changed. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
