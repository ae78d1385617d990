/**
 * What a request asks of another process, by where it asks: a database, a cache, or a service over HTTP. A database and a
 * cache are told by `db.system.name`; in its place an outgoing HTTP call has {@link HTTP_SYSTEM}.
 */
export type CallKind = 'query' | 'cache' | 'http';

/** Stands where the system of a query stands, for an outgoing HTTP call: no database has this name. */
export const HTTP_SYSTEM = 'http';

/** Systems that repeat by design: a look-up in one costs little, and a loop over them is no N+1 of the database. */
export const CACHE_SYSTEMS: readonly string[] = [
  'redis',
  'valkey',
  'keydb',
  'dragonfly',
  'memcached',
  'hazelcast',
  'infinispan',
  'ehcache',
  'spring-data-redis',
];

/** Systems whose statements are commands or documents and no SQL, so that an operation and its collection say what is asked. */
const DOCUMENT_SYSTEMS: ReadonlySet<string> = new Set([
  'mongodb',
  'mongoose',
  'elasticsearch',
  'opensearch',
  'dynamodb',
  'aws.dynamodb',
  'couchdb',
  'couchbase',
  'cosmosdb',
  'azure.cosmosdb',
  'firestore',
  'gcp.firestore',
  'cassandra',
  'hbase',
  'neo4j',
]);

export function isDocumentSystem(system: string): boolean {
  return DOCUMENT_SYSTEMS.has(system);
}

const CACHES: ReadonlySet<string> = new Set(CACHE_SYSTEMS);

/** @param system value of `db.system.name`, or {@link HTTP_SYSTEM}; '' when unknown */
export function callKind(system: string): CallKind {
  if (system === HTTP_SYSTEM) return 'http';
  return CACHES.has(system) ? 'cache' : 'query';
}
