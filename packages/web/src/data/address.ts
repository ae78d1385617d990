// The address of a page is its whole state: filters, time range, order, page. Whoever gets the link sees the same.

export type Query = Readonly<Record<string, string>>;

/** Filters that follow from page to page; every other belongs to the page that set it. */
export const SHARED_FILTERS = ['service', 'environment', 'version', 'since', 'until'] as const;

/** `/requests?slow=true&service=shop`: empty values are left out, the order of the keys is fixed. */
export function address(path: string, query: Query): string {
  const search = searchString(query);
  return search === '' ? path : `${path}?${search}`;
}

export function searchString(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== '');
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return new URLSearchParams(pairs).toString();
}

/** The query with some of its values changed (`''` removes one). A change of a filter starts again at the first page. */
export function changed(query: Query, changes: Query): Query {
  const next = { ...query, ...changes };
  return 'cursor' in changes ? next : { ...next, cursor: '' };
}

export function shared(query: Query): Query {
  return pick(query, SHARED_FILTERS);
}

export function pick(query: Query, keys: readonly string[]): Query {
  return Object.fromEntries(keys.flatMap((key) => (query[key] ? [[key, query[key]]] : [])));
}

/** An endpoint's page. A method may be empty (gRPC has none): a segment of the path may not. */
export function endpointPath(endpoint: { service: string; method: string; route: string }): string {
  const segments = [endpoint.service, endpoint.method, endpoint.route].map((part) => encodeURIComponent(part || '-'));
  return `/endpoints/${segments.join('/')}`;
}

/** A query's page. */
export function queryPath(query: { service: string; fingerprint: string }): string {
  return `/queries/${encodeURIComponent(query.service || '-')}/${query.fingerprint}`;
}
