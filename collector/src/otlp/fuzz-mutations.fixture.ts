import type { OtlpEncoding } from './otlp-decoder.ts';

/** A number from 0 up to but not including `below`. */
export type Random = (below: number) => number;

/** Deterministic, so that a failure is found again by its seed. */
export function random(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Spoils a body in one to three ways, some blind and some by its structure; `others` are bodies to take pieces of. */
export function mutate(body: Buffer, others: readonly Buffer[], encoding: OtlpEncoding, next: Random): Buffer {
  let mutated = body;
  for (let rounds = 1 + next(3); rounds > 0; rounds--) {
    const other = others[next(others.length)]!;
    if (next(2) === 0) mutated = mutateBytes(mutated, other, encoding, next);
    else if (encoding === 'json') mutated = mutateTokens(mutated, other, next);
    else mutated = mutateFields(mutated, other, next);
  }
  return mutated;
}

const WIRE_EXTREMES = [
  'ffffffff0f',
  'ffffffffffffffffff01',
  'ffffffffffffffffff7f',
  'ff'.repeat(11),
  '808080808000',
  '0b',
  '0b0c',
  '0b130c',
  'f501',
  '0a00',
  '00',
  '07',
  'f8ffffff0f7f',
  '4a0412020a00',
].map((hex) => Buffer.from(hex, 'hex'));
const JSON_EXTREMES = ['5b22', '7b', '22', '5c', '00', 'c3', 'eda080', 'efbbbf'].map((hex) => Buffer.from(hex, 'hex'));

function mutateBytes(body: Buffer, other: Buffer, encoding: OtlpEncoding, next: Random): Buffer {
  const at = next(body.length + 1);
  const end = Math.min(body.length, at + 1 + next(20));
  const extremes = encoding === 'json' ? JSON_EXTREMES : WIRE_EXTREMES;
  switch (next(8)) {
    case 0:
      return body.subarray(0, at);
    case 1:
    case 2: {
      const copy = Buffer.from(body);
      if (at < copy.length) copy[at] = next(2) === 0 ? next(256) : copy[at]! ^ (1 << next(8));
      return copy;
    }
    case 3:
      return Buffer.concat([body.subarray(0, at), body.subarray(end)]);
    case 4:
      return Buffer.concat([body.subarray(0, end), body.subarray(at)]);
    case 5:
      return Buffer.concat([body.subarray(0, at), other.subarray(next(other.length + 1))]);
    default:
      return Buffer.concat([body.subarray(0, at), extremes[next(extremes.length)]!, body.subarray(at)]);
  }
}

interface Field {
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  readonly tag: number;
}

/** Spoils one message, at any depth, and writes the lengths of those around it anew. */
function mutateFields(message: Buffer, other: Buffer, next: Random): Buffer {
  const fields = fieldsOf(message);
  if (fields === undefined || fields.length === 0) return message;
  const field = fields[next(fields.length)]!;
  if ((field.tag & 7) === 2 && next(4) > 0) {
    const content = message.subarray(field.contentStart, field.end);
    if (fieldsOf(content) !== undefined) {
      const inner = mutateFields(content, other, next);
      return Buffer.concat([
        message.subarray(0, field.start),
        varint(field.tag),
        varint(inner.length),
        inner,
        message.subarray(field.end),
      ]);
    }
  }
  const bytes = message.subarray(field.start, field.end);
  const without = [message.subarray(0, field.start), message.subarray(field.end)];
  const content = message.subarray(field.contentStart, field.end);
  switch (next(9)) {
    case 0:
      return Buffer.concat(without);
    case 1:
      return Buffer.concat([message, bytes]);
    case 2:
      return Buffer.concat([bytes, ...without]);
    case 3:
      return Buffer.concat([...without, bytes]);
    case 4:
      return Buffer.concat([without[0]!, varint(1 + next(200)), message.subarray(field.start + 1)]);
    case 5:
      return Buffer.concat([
        without[0]!,
        varint((field.tag & 7) | ((1 + next(20)) << 3)),
        bytes.subarray(1),
        without[1]!,
      ]);
    case 6:
      // Says another length than there is.
      return Buffer.concat([
        without[0]!,
        varint(field.tag),
        varint(next(2) ? content.length + 1 : next(300)),
        content,
        without[1]!,
      ]);
    case 7: {
      const pieces = fieldsOf(other);
      const piece = pieces?.[next(pieces.length)];
      if (piece === undefined) return message;
      return Buffer.concat([message, other.subarray(piece.start, piece.end)]);
    }
    default:
      return Buffer.concat([without[0]!, WIRE_EXTREMES[next(WIRE_EXTREMES.length)]!, ...without.slice(1)]);
  }
}

/** Fields of a message; undefined when it is none. */
function fieldsOf(message: Buffer): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const readVarint = () => {
    let value = 0;
    for (let factor = 1; at < message.length && factor < 2 ** 35; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const start = at;
    const tag = readVarint();
    let contentStart = at;
    switch (tag & 7) {
      case 0:
        readVarint();
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = readVarint();
        contentStart = at;
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return undefined;
    }
    if (!(tag >= 8) || !(at <= message.length)) return undefined;
    fields.push({ start, contentStart, end: at, tag });
  }
  return fields;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const TOKENS = [
  ...'{}[],:',
  ...['null', 'true', 'false', '0', '-1', '1.5', '1e3', '01', '-', '1.', '1e400', '18446744073709551615'],
  ...['18446744073709551616', '-9223372036854775809', '9007199254740993', '12345678901234567890', '4294967296'],
  ...['""', '"x"', '"7"', '"NaN"', '"-Infinity"', '"1e3"', '"007"', '"\\ud800"', '"\\u00e9"', '"a\\"b"', '"\\x"'],
  ...['"name"', '"kind"', '"attributes"', '"stringValue"', '"intValue"', '"n\\u0061me"', '[]', '{}', '[null]', '[{}]'],
];

function mutateTokens(body: Buffer, other: Buffer, next: Random): Buffer {
  const text = body.toString('latin1');
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length === 0) return body;
  const chosen = tokens[next(tokens.length)]!;
  const start = chosen.index;
  const end = start + chosen[0].length;
  const replaced = (by: string) => Buffer.from(text.slice(0, start) + by + text.slice(end), 'latin1');
  switch (next(6)) {
    case 0:
      return replaced('');
    case 1:
      return replaced(chosen[0] + chosen[0]);
    case 2:
      return replaced(tokens[next(tokens.length)]![0]);
    case 3: {
      // The value or element that begins here stands twice.
      const whole = text.slice(start, valueEnd(text, start));
      return Buffer.from(`${text.slice(0, start)}${whole},${text.slice(start)}`, 'latin1');
    }
    case 4: {
      const from = other.toString('latin1');
      const pieces = [...from.matchAll(TOKEN)];
      const { index } = pieces[next(pieces.length)]!;
      return replaced(from.slice(index, valueEnd(from, index)));
    }
    default:
      return replaced(TOKENS[next(TOKENS.length)]!);
  }
}

/** Where the member, object or array that begins at `start` ends, or as far as can be told. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  TOKEN.lastIndex = 0;
  for (const { 0: token, index } of text.slice(start).matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    const after = start + index + token.length;
    if (depth < 0) return start + index;
    if (depth === 0 && token !== ':' && !/^\s*:/.test(text.slice(after, after + 4))) return after;
  }
  return text.length;
}
