/**
 * What becomes of an attribute, by its key: lifted into a column (a slot), kept under its stable name, never stored, or
 * simply kept. Keys are compared as bytes.
 *
 * Old names are those of semantic conventions before 1.23 (HTTP) and 1.28 (databases), which many languages still send.
 */
export const SLOT = {
  method: 0,
  statusCode: 1,
  route: 2,
  urlPath: 3,
  httpTarget: 4,
  httpUrl: 5,
  dbSystem: 6,
  queryText: 7,
  rpcSystem: 8,
  rpcService: 9,
  rpcMethod: 10,
  version: 11,
  folded: 12,
  entrySpanId: 13,
  loopPath: 14,
  droppedSpans: 15,
  tableText: 16,
  tableSystem: 17,
  tableLoopPath: 18,
  tableCount: 19,
  tableDurationNs: 20,
  tableDurationMaxNs: 21,
  tableCallSite: 22,
  tableDistinctValues: 23,
  exceptionType: 24,
  exceptionMessage: 25,
  exceptionStacktrace: 26,
} as const;

export type Slot = (typeof SLOT)[keyof typeof SLOT];
export const SLOTS = Object.keys(SLOT).length;

export interface KnownKey {
  readonly key: Buffer;
  /** Slot that takes the value, or -1. */
  readonly slot: Slot | -1;
  /** Name under which it is kept among the attributes; undefined when its column says all. */
  readonly storedKey: Buffer | undefined;
  /** A bit for each stable name that has an old one, so that of both only the first is kept; 0 for others. */
  readonly onceBit: number;
}

const LIFTED: readonly (readonly [key: string, slot: Slot])[] = [
  ['http.request.method', SLOT.method],
  ['http.method', SLOT.method],
  ['http.response.status_code', SLOT.statusCode],
  ['http.status_code', SLOT.statusCode],
  ['http.route', SLOT.route],
  ['url.path', SLOT.urlPath],
  ['http.target', SLOT.httpTarget],
  ['db.system.name', SLOT.dbSystem],
  ['db.system', SLOT.dbSystem],
  ['db.query.text', SLOT.queryText],
  ['db.statement', SLOT.queryText],
  ['profiler.folded', SLOT.folded],
  ['profiler.entry_span_id', SLOT.entrySpanId],
  ['profiler.loop_path', SLOT.loopPath],
  ['profiler.query.text', SLOT.tableText],
  ['profiler.query.system', SLOT.tableSystem],
  ['profiler.query.loop_path', SLOT.tableLoopPath],
  ['profiler.query.count', SLOT.tableCount],
  ['profiler.query.duration_ns', SLOT.tableDurationNs],
  ['profiler.query.duration_max_ns', SLOT.tableDurationMaxNs],
  ['profiler.query.call_site', SLOT.tableCallSite],
  ['profiler.query.distinct_values', SLOT.tableDistinctValues],
  ['profiler.exception.type', SLOT.exceptionType],
  ['profiler.exception.message', SLOT.exceptionMessage],
  ['profiler.exception.stacktrace', SLOT.exceptionStacktrace],
];

/** Read for a column, and kept as well. */
const LIFTED_AND_KEPT: readonly (readonly [key: string, slot: Slot])[] = [
  ['rpc.system', SLOT.rpcSystem],
  ['rpc.system.name', SLOT.rpcSystem],
  ['rpc.service', SLOT.rpcService],
  ['rpc.method', SLOT.rpcMethod],
  ['profiler.version', SLOT.version],
  ['profiler.dropped_spans', SLOT.droppedSpans],
];

const RENAMED: readonly (readonly [oldKey: string, stableKey: string])[] = [
  ['http.url', 'url.full'],
  ['http.scheme', 'url.scheme'],
  ['http.user_agent', 'user_agent.original'],
  ['http.client_ip', 'client.address'],
  ['http.flavor', 'network.protocol.version'],
  ['http.request_content_length', 'http.request.body.size'],
  ['http.response_content_length', 'http.response.body.size'],
  ['net.peer.name', 'server.address'],
  ['net.peer.port', 'server.port'],
  ['net.sock.peer.addr', 'network.peer.address'],
  ['net.sock.peer.port', 'network.peer.port'],
  ['db.name', 'db.namespace'],
  ['db.operation', 'db.operation.name'],
  ['db.sql.table', 'db.collection.name'],
];

/** Keys that hold values bound to a query. */
const BIND_VALUE_KEYS = [
  'db.query.parameter',
  'db.operation.parameter',
  'db.postgresql.values',
  'db.statement.parameters',
];
const BIND_VALUE_PREFIXES = BIND_VALUE_KEYS.map((key) => Buffer.from(key));

const KNOWN_KEYS: readonly KnownKey[] = [
  ...LIFTED.map(([key, slot]) => ({ key: Buffer.from(key), slot, storedKey: undefined, onceBit: 0 })),
  ...LIFTED_AND_KEPT.map(([key, slot]) => ({ key: Buffer.from(key), slot, storedKey: Buffer.from(key), onceBit: 0 })),
  ...RENAMED.flatMap(([oldKey, stableKey], index) => {
    const storedKey = Buffer.from(stableKey);
    const onceBit = 1 << index;
    const slot = oldKey === 'http.url' ? SLOT.httpUrl : (-1 as const);
    return [
      { key: Buffer.from(oldKey), slot, storedKey, onceBit },
      { key: storedKey, slot: -1 as const, storedKey, onceBit },
    ];
  }),
];

const BY_SKETCH = new Map<number, readonly KnownKey[]>();
for (const known of KNOWN_KEYS) {
  const sketch = sketchOf(known.key, 0, known.key.length);
  BY_SKETCH.set(sketch, [...(BY_SKETCH.get(sketch) ?? []), known]);
}

/** What is known of the key `bytes[start..end)`. */
export function findKey(bytes: Buffer, start: number, end: number): KnownKey | undefined {
  if (end === start) return undefined;
  const candidates = BY_SKETCH.get(sketchOf(bytes, start, end));
  if (candidates === undefined) return undefined;
  for (const candidate of candidates) {
    if (candidate.key.length === end - start && startsWith(bytes, start, end, candidate.key)) return candidate;
  }
  return undefined;
}

export function holdsBindValue(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== 0x64 /* d */ || bytes[start + 1] !== 0x62 /* b */) return false;
  return BIND_VALUE_PREFIXES.some((prefix) => startsWith(bytes, start, end, prefix));
}

function startsWith(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[start + at] !== prefix[at]) return false;
  return true;
}

/** A number that tells most keys apart without reading them whole. */
function sketchOf(bytes: Buffer, start: number, end: number): number {
  return (end - start) | (bytes[start]! << 8) | (bytes[end - 1]! << 16) | (bytes[(start + end) >> 1]! << 24);
}
