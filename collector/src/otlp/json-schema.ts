import { type ByteSource, byteSource } from './byte-source.ts';

/**
 * The messages of OTLP/JSON as far as anything is read of them. Members have protobuf's names in lowerCamelCase and
 * become the fields with these numbers; a member that is not here is ignored.
 */
export const JSON_KIND = {
  string: 0,
  /** Hexadecimal, in either case. */
  id: 1,
  base64: 2,
  bool: 3,
  uint32: 4,
  fixed32: 5,
  /** 64-bit numbers may be written as numbers or as strings. */
  int64: 6,
  fixed64: 7,
  double: 8,
  message: 9,
  messages: 10,
} as const;
export type JsonKind = (typeof JSON_KIND)[keyof typeof JSON_KIND];

export interface JsonField extends ByteSource {
  readonly name: string;
  readonly number: number;
  readonly kind: JsonKind;
  /** Of a field that holds messages. */
  readonly message: JsonMessage | undefined;
  /** Of this field among those of its message; those of which there can be but one share theirs. */
  readonly bit: number;
}

export interface JsonMessage {
  readonly fields: JsonField[];
  /** Whether values of arrays and lists are inside, which may go on inside those. */
  readonly holdsValues: boolean;
  /** Whether a message is usually shorter than 128 bytes. */
  readonly isShort: boolean;
  /** Whether null may stand for an empty one among several. */
  readonly mayBeNull: boolean;
}

type Members = Readonly<Record<string, readonly [number: number, kind: keyof typeof JSON_KIND, message?: JsonMessage]>>;

function message(members: Members, traits: Partial<JsonMessage> = {}): JsonMessage {
  const made: JsonMessage = { fields: [], holdsValues: false, isShort: false, mayBeNull: false, ...traits };
  add(made, members);
  return made;
}

function add({ fields }: JsonMessage, members: Members, isOneOf = false): void {
  for (const [name, [number, kind, inner]] of Object.entries(members)) {
    const bit = 1 << (isOneOf ? 0 : fields.length);
    fields.push({ name, ...byteSource(Buffer.from(name)), number, kind: JSON_KIND[kind], message: inner, bit });
  }
}

/** What is nested too deep to be kept: nothing of it is read. */
export const UNREAD = message({});

const ANY_VALUE = message({}, { isShort: true, mayBeNull: true });
const KEY_VALUE = message({ key: [1, 'string'], value: [2, 'message', ANY_VALUE] }, { isShort: true });
const ARRAY = message({ values: [1, 'messages', ANY_VALUE] }, { holdsValues: true });
const LIST = message({ values: [1, 'messages', KEY_VALUE] }, { holdsValues: true });
const ONE_OF = true;
add(
  ANY_VALUE,
  {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, 'message', ARRAY],
    kvlistValue: [6, 'message', LIST],
    bytesValue: [7, 'base64'],
  },
  ONE_OF,
);

const RESOURCE = message({ attributes: [1, 'messages', KEY_VALUE] });
const SCOPE = message({ name: [1, 'string'], attributes: [3, 'messages', KEY_VALUE] });
const EVENT = message({
  timeUnixNano: [1, 'fixed64'],
  name: [2, 'string'],
  attributes: [3, 'messages', KEY_VALUE],
});
const LINK = message({ traceId: [1, 'id'], spanId: [2, 'id'], attributes: [4, 'messages', KEY_VALUE] });
const STATUS = message({ message: [2, 'string'], code: [3, 'uint32'] });
const SPAN = message({
  traceId: [1, 'id'],
  spanId: [2, 'id'],
  parentSpanId: [4, 'id'],
  name: [5, 'string'],
  kind: [6, 'uint32'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, 'messages', KEY_VALUE],
  events: [11, 'messages', EVENT],
  links: [13, 'messages', LINK],
  status: [15, 'message', STATUS],
  flags: [16, 'fixed32'],
});
const LOG_RECORD = message({
  timeUnixNano: [1, 'fixed64'],
  body: [5, 'message', ANY_VALUE],
  attributes: [6, 'messages', KEY_VALUE],
  traceId: [9, 'id'],
  spanId: [10, 'id'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'string'],
});

function request(groups: string, scopes: string, records: string, record: JsonMessage): JsonMessage {
  const inScope = message({ scope: [1, 'message', SCOPE], [records]: [2, 'messages', record] });
  const group = message({ resource: [1, 'message', RESOURCE], [scopes]: [2, 'messages', inScope] });
  return message({ [groups]: [1, 'messages', group] });
}

export const TRACES_REQUEST = request('resourceSpans', 'scopeSpans', 'spans', SPAN);
export const LOGS_REQUEST = request('resourceLogs', 'scopeLogs', 'logRecords', LOG_RECORD);
