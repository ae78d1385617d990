import { BLOCK_COLUMNS, plainType } from './blocks.ts';
import type { BlockTable } from './store.ts';

/**
 * Test support: rows as a Native block, by the shortest way there is. Columns that a row leaves out are zero or empty.
 * 64-bit numbers and times in nanoseconds are bigint.
 */
export type NativeRow = Readonly<Record<string, string | number | bigint | Readonly<Record<string, string>>>>;

export function nativeBlock(table: BlockTable, rows: readonly NativeRow[]): Uint8Array {
  const columns = BLOCK_COLUMNS[table];
  const parts: Uint8Array[] = [varint(columns.length), varint(rows.length)];
  for (const [name, wireType] of columns) {
    const type = plainType(wireType);
    parts.push(
      text(name),
      text(type),
      ...column(
        type,
        rows.map((row) => row[name]),
      ),
    );
  }
  return Buffer.concat(parts);
}

type Value = NativeRow[string] | undefined;

function column(type: string, values: readonly Value[]): Uint8Array[] {
  if (values.every((value) => value === undefined)) return [Buffer.alloc(values.length * widthBytes(type))];
  if (type === 'String') return [texts(values.map((value) => String(value ?? '')))];
  if (type.startsWith('Map(')) return mapColumn(values);
  const width = widthBytes(type);
  const bytes = Buffer.alloc(width * values.length);
  for (const [index, value] of values.entries()) {
    const number = BigInt((value ?? 0) as number | bigint);
    if (width === 8) bytes.writeBigUInt64LE(BigInt.asUintN(64, number), index * 8);
    else bytes.writeUIntLE(Number(BigInt.asUintN(width * 8, number)), index * width, width);
  }
  return [bytes];
}

/** Of a value; of an empty string its length, of an empty map its offset. */
function widthBytes(type: string): number {
  if (type === 'String') return 1;
  if (type.startsWith('Map(') || type.startsWith('DateTime64')) return 8;
  return Number(/(\d+)$/.exec(type)![1]) / 8;
}

/** Offsets of where each row's pairs end, then all keys, then all values. */
function mapColumn(values: readonly Value[]): Uint8Array[] {
  const pairs = values.map((value) => Object.entries((value ?? {}) as Record<string, string>));
  const ends = Buffer.alloc(8 * values.length);
  let end = 0;
  for (const [index, entries] of pairs.entries()) {
    end += entries.length;
    ends.writeBigUInt64LE(BigInt(end), index * 8);
  }
  const flat = pairs.flat();
  return [ends, texts(flat.map(([key]) => key)), texts(flat.map(([, value]) => value))];
}

/** Each as its length in bytes and its UTF-8, in one buffer. */
function texts(values: readonly string[]): Uint8Array {
  const lengths = values.map((value) => Buffer.byteLength(value));
  const bytes = Buffer.alloc(lengths.reduce((sum, length) => sum + varint(length).length + length, 0));
  let end = 0;
  for (const [index, value] of values.entries()) {
    bytes.set(varint(lengths[index]!), end);
    end += varint(lengths[index]!).length;
    end += bytes.write(value, end);
  }
  return bytes;
}

function text(value: string): Uint8Array {
  return texts([value]);
}

const SHORT = Array.from({ length: 128 }, (_, value) => Uint8Array.of(value));

function varint(value: number): Uint8Array {
  if (value < 128) return SHORT[value]!;
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.from([...bytes, rest]);
}
