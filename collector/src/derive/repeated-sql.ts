import { CACHE_SYSTEMS, HTTP_SYSTEM, OTHER_QUERIES_TEXT } from '@profiler/analysis';

const CACHES = CACHE_SYSTEMS.map((system) => `'${system}'`).join(', ');

/** `callKind` in SQL, of a column with the system. */
export const isHttpSql = (system: string): string => `${system} = '${HTTP_SYSTEM}'`;
export const isCacheSql = (system: string): string => `${system} IN (${CACHES})`;
/** Of a database; the same as neither of the others. */
export const isQuerySql = (system: string): string => `${system} NOT IN ('${HTTP_SYSTEM}', ${CACHES})`;

/**
 * Whether a group of calls is a loop: `isNPlusOne` in SQL, and of a cache, which repeats by design, with a threshold of its own. The
 * overflow row of a request's table is no statement. Parameters: `nPlusOneThreshold`, `cacheLoopThreshold`.
 */
export function isRepeatedSql(repeats: string, queryText: string, system: string): string {
  const threshold = `if(${isCacheSql(system)}, {cacheLoopThreshold:UInt32}, {nPlusOneThreshold:UInt32})`;
  return `(${repeats} >= ${threshold} AND ${queryText} != '${OTHER_QUERIES_TEXT}')`;
}
