/** Pieces of SQL that several queries select. */
export const ENDPOINT = "concat(method, ' ', route)";

/** Percentiles 50, 95 and 99 of requests, merged from the rollups' states, in nanoseconds. */
export const QUANTILES = 'quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)';

/** Likewise of queries, whose states are weighted by calls. */
export const QUERY_QUANTILES = 'quantilesBFloat16WeightedMerge(0.5, 0.95, 0.99)(duration_ns_quantiles)';

/** `file:line`, of columns or of expressions; empty when it is unknown. */
export const callSite = (path = 'code_file_path', line = 'code_line_number'): string =>
  `if(${path} = '', '', concat(${path}, ':', toString(${line})))`;

/** Systems of `db_system` that are called but are no databases: other services, and caches. */
export const NO_DATABASES = [
  'http',
  'redis',
  'valkey',
  'keydb',
  'dragonfly',
  'memcached',
  'hazelcast',
  'infinispan',
  'ehcache',
  'spring-data-redis',
] as const;
