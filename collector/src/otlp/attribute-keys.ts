import { isUtf8 } from 'node:buffer';
import { ByteInterner } from './byte-interner.ts';
import type { ByteSource } from './byte-source.ts';
import { EncodedText } from './encoded-text.ts';

/**
 * What becomes of an attribute, by its key: lifted into a column (a slot), kept under its stable name, never stored, or
 * simply kept. Apps send the same few keys span after span, so what is found out about one is remembered by its bytes.
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
  querySummary: 27,
  operation: 28,
  collection: 29,
  batchSize: 30,
  serverAddress: 31,
  urlTemplate: 32,
  resendCount: 33,
  tableRepeats: 34,
  messagingSystem: 35,
  messagingDestination: 36,
  messagingOperation: 37,
  batch: 38,
} as const;

export type Slot = (typeof SLOT)[keyof typeof SLOT];
export const SLOTS = Object.keys(SLOT).length;

export interface AttributeKey {
  /** Slot that takes the value, or -1. */
  readonly slot: Slot | -1;
  /** Name under which it is kept among the attributes; undefined when its column says all. */
  readonly stored: EncodedText | undefined;
  /** A bit for each stable name that has an old one, so that of both only the first is kept; 0 for others. */
  readonly onceBit: number;
  /** Whether its value is bound to a query, and so must not be stored. */
  readonly holdsBindValue: boolean;
  /** Whether its bytes are no UTF-8; `stored` has them replaced. */
  readonly isInvalid: boolean;
}

/** Longer keys are not remembered; none that means something is so long. */
export const KEY_BYTES_MAX = 128;

export class AttributeKeys {
  private readonly interner = new ByteInterner(createKey, 2_048, KEY_BYTES_MAX);

  /** @param end at most {@link KEY_BYTES_MAX} after `start` */
  get(source: ByteSource, start: number, end: number): AttributeKey {
    return this.interner.get(source, start, end);
  }
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
  ['profiler.batch', SLOT.batch],
  ['profiler.query.text', SLOT.tableText],
  ['profiler.query.system', SLOT.tableSystem],
  ['profiler.query.loop_path', SLOT.tableLoopPath],
  ['profiler.query.count', SLOT.tableCount],
  ['profiler.query.duration_ns', SLOT.tableDurationNs],
  ['profiler.query.duration_max_ns', SLOT.tableDurationMaxNs],
  ['profiler.query.repeats', SLOT.tableRepeats],
  ['profiler.query.call_site', SLOT.tableCallSite],
  ['profiler.query.distinct_values', SLOT.tableDistinctValues],
  ['profiler.exception.type', SLOT.exceptionType],
  ['profiler.exception.message', SLOT.exceptionMessage],
  ['profiler.exception.stacktrace', SLOT.exceptionStacktrace],
];

/** Read for a column, and kept as well. */
const LIFTED_AND_KEPT: readonly (readonly [key: string, slot: Slot])[] = [
  ['db.query.summary', SLOT.querySummary],
  ['db.operation.batch.size', SLOT.batchSize],
  ['db.mongodb.collection', SLOT.collection],
  ['db.cassandra.table', SLOT.collection],
  ['db.cosmosdb.container', SLOT.collection],
  ['aws.dynamodb.table_names', SLOT.collection],
  ['http.host', SLOT.serverAddress],
  ['url.template', SLOT.urlTemplate],
  ['http.request.resend_count', SLOT.resendCount],
  ['http.resend_count', SLOT.resendCount],
  ['messaging.system', SLOT.messagingSystem],
  ['messaging.destination.template', SLOT.messagingDestination],
  ['messaging.destination.name', SLOT.messagingDestination],
  ['messaging.destination', SLOT.messagingDestination],
  ['messaging.operation.type', SLOT.messagingOperation],
  ['messaging.operation', SLOT.messagingOperation],
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

/** Slots that read them as well. */
const RENAMED_SLOTS: Readonly<Record<string, Slot>> = {
  'url.full': SLOT.httpUrl,
  'server.address': SLOT.serverAddress,
  'db.operation.name': SLOT.operation,
  'db.collection.name': SLOT.collection,
};

/** Keys that hold values bound to a query, as do those that begin like them. */
const BIND_VALUE_KEYS = [
  'db.query.parameter',
  'db.operation.parameter',
  'db.postgresql.values',
  'db.statement.parameters',
];

const KNOWN_KEYS: ReadonlyMap<string, AttributeKey> = new Map([
  ...LIFTED.map(([key, slot]) => knownKey(key, slot, undefined)),
  ...LIFTED_AND_KEPT.map(([key, slot]) => knownKey(key, slot, key)),
  ...RENAMED.flatMap(([oldKey, stableKey], index) => [
    knownKey(oldKey, RENAMED_SLOTS[stableKey] ?? -1, stableKey, 1 << index),
    knownKey(stableKey, RENAMED_SLOTS[stableKey] ?? -1, stableKey, 1 << index),
  ]),
]);

function knownKey(key: string, slot: Slot | -1, storedKey: string | undefined, onceBit = 0): [string, AttributeKey] {
  const stored = storedKey === undefined ? undefined : new EncodedText(storedKey);
  return [key, { slot, stored, onceBit, holdsBindValue: false, isInvalid: false }];
}

function createKey(text: string, _: string, bytes: Buffer): AttributeKey {
  return (
    KNOWN_KEYS.get(text) ?? {
      slot: -1,
      stored: new EncodedText(text),
      onceBit: 0,
      holdsBindValue: BIND_VALUE_KEYS.some((key) => text.startsWith(key)),
      isInvalid: text.includes('\ufffd') && !isUtf8(bytes),
    }
  );
}
