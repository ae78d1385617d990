import {
  type OracleAttribute,
  type OracleRequest,
  type OracleSpan,
  type OracleValue,
  textOf,
} from './fuzz-oracle.fixture.ts';
import { VALUE_DEPTH_MAX } from './limits.ts';

/**
 * `JSON.parse` as a judge of mutated OTLP/JSON, with the types that OTLP's fields may have. Of a member that is there
 * twice it sees only one; the collector refuses those.
 *
 * @throws when the body is no such request
 */
export function tracesByJsonParse(body: Buffer): OracleRequest {
  const request = asObject(parse(body));
  if (request === undefined) throw new Error('not an object');
  const groups = objects(request.resourceSpans).map((group) => ({
    resource: attributesOf(asObject(group.resource)?.attributes),
    scopes: objects(group.scopeSpans).map((inScope) => {
      const scope = asObject(inScope.scope);
      attributesOf(scope?.attributes);
      return { name: asString(scope?.name), spans: objects(inScope.spans).map(spanOf) };
    }),
  }));
  return { groups };
}

/** 64-bit numbers that are not in quotes, which `JSON.parse` would round. In a string the quotes would be escaped. */
const LONG_NUMBER = /"(\w*[tT]imeUnixNano|intValue)"(\s*:\s*)(-?[1-9]\d{15,19})(?=\s*[,}])/g;

/** Whether a member is there twice in one of the objects of a body that is JSON. */
export function hasMemberTwice(body: Buffer): boolean {
  const objects: Set<string>[] = [];
  for (const [token, key] of body.toString('latin1').matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (key !== undefined) {
      const name: string = JSON.parse(key);
      if (objects.at(-1)!.has(name)) return true;
      objects.at(-1)!.add(name);
    }
  }
  return false;
}

type JsonObject = Readonly<Record<string, unknown>>;

function parse(body: Buffer): unknown {
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return JSON.parse(body.toString('utf8', hasMark ? 3 : 0).replace(LONG_NUMBER, '"$1"$2"$3"'));
}

function spanOf(span: JsonObject): OracleSpan {
  const status = asObject(span.status);
  const events = objects(span.events);
  for (const event of events) {
    asInt(event.timeUnixNano);
    asString(event.name);
    attributesOf(event.attributes, 1);
  }
  for (const link of objects(span.links)) {
    asId(link.traceId);
    asId(link.spanId);
    attributesOf(link.attributes, 1);
  }
  return {
    traceId: asId(span.traceId),
    spanId: asId(span.spanId),
    parentSpanId: asId(span.parentSpanId),
    name: asString(span.name),
    kind: asUint32(span.kind),
    start: BigInt.asUintN(64, asInt(span.startTimeUnixNano)),
    end: BigInt.asUintN(64, asInt(span.endTimeUnixNano)),
    statusCode: asUint32(status?.code),
    statusMessage: asString(status?.message),
    flags: asUint32(span.flags),
    events: events.length,
    attributes: attributesOf(span.attributes),
  };
}

function attributesOf(attributes: unknown, depth = 0): OracleAttribute[] {
  return objects(attributes).map(({ key, value }) => ({ key: asString(key), text: textOf(readAny(value, depth)) }));
}

function readAny(value: unknown, depth: number): OracleValue {
  const any = asObject(value);
  const present = Object.keys(READERS).filter((name) => any?.[name] !== undefined && any[name] !== null);
  const values = present.map((name) => READERS[name]!(any![name], depth));
  if (values.length > 1) throw new Error('more than one value');
  return values[0] ?? { kind: 'none' };
}

const READERS: Readonly<Record<string, (value: unknown, depth: number) => OracleValue>> = {
  stringValue: (value) => ({ kind: 'string', value: asString(value) }),
  boolValue(value) {
    if (typeof value !== 'boolean') throw new Error('not a boolean');
    return { kind: 'plain', value: String(value) };
  },
  intValue: (value) => ({ kind: 'plain', value: String(BigInt.asIntN(64, asInt(value))) }),
  doubleValue: (value) => ({ kind: 'double', value: asDouble(value) }),
  bytesValue: (value) => ({ kind: 'bytes', value: Buffer.from(asString(value), 'base64').toString('base64') }),
  arrayValue(value, depth) {
    const { values } = asObject(value)!;
    if (depth >= VALUE_DEPTH_MAX) return { kind: 'deep' };
    return { kind: 'array', values: asArray(values).map((element) => readAny(element, depth + 1)) };
  },
  kvlistValue(value, depth) {
    const { values } = asObject(value)!;
    if (depth >= VALUE_DEPTH_MAX) return { kind: 'deep' };
    return {
      kind: 'list',
      members: objects(values).map((member) => [asString(member.key), readAny(member.value, depth + 1)] as const),
    };
  },
};

function objects(value: unknown): JsonObject[] {
  return asArray(value).map((element) => {
    const object = asObject(element);
    if (object === undefined) throw new Error('null among objects');
    return object;
  });
}

function asObject(value: unknown): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('not an object');
  return value as JsonObject;
}

function asArray(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error('not an array');
  return value;
}

/** As UTF-8 has it: half a surrogate pair is replaced. */
function asString(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Error('not a string');
  return Buffer.from(value).toString();
}

function asInt(value: unknown): bigint {
  if (value === undefined || value === null) return 0n;
  let int: bigint | undefined;
  if (typeof value === 'number' && Number.isInteger(value)) int = BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) int = BigInt(value);
  if (int === undefined || int < -(2n ** 63n) || int >= 2n ** 64n) throw new Error('not 64 bits');
  return int;
}

function asUint32(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const int = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof int === 'number' && Number.isInteger(int) && int >= 0 && int < 2 ** 32) return int;
  throw new Error('not 32 bits');
}

function asDouble(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(value))
    return Number(value);
  throw new Error('not a number');
}

function asId(value: unknown): Buffer {
  const text = asString(value);
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from([255]);
}
