/** Reads a ClickHouse Native block back into rows, for tests of what was written. */

export type Cell = string | number | bigint | Record<string, string>;
export type Row = Record<string, Cell>;

/** Rows of the only block in `bytes`. @throws when the block is not exactly as long as it says */
export function readNativeBlock(bytes: Uint8Array): Row[] {
  const cursor = new Cursor(bytes);
  const columns = cursor.varint();
  const rows = Array.from({ length: cursor.varint() }, (): Row => ({}));
  for (let index = 0; index < columns; index++) {
    const name = cursor.string();
    const cells = readColumn(cursor, cursor.string(), rows.length);
    for (const [row, cell] of cells.entries()) rows[row]![name] = cell;
  }
  if (!cursor.atEnd) throw new Error('bytes after the last column');
  return rows;
}

function readColumn(cursor: Cursor, type: string, rows: number): Cell[] {
  const each = <T>(read: () => T) => Array.from({ length: rows }, read);
  switch (type) {
    case 'UInt8':
      return each(() => cursor.unsigned(1));
    case 'UInt16':
      return each(() => cursor.unsigned(2));
    case 'UInt32':
      return each(() => cursor.unsigned(4));
    case 'Int32':
      return each(() => cursor.unsigned(4) | 0);
    case 'UInt64':
    case "DateTime64(9, 'UTC')":
      return each(() => cursor.uint64());
    case 'String':
      return each(() => cursor.string());
    case 'LowCardinality(String)': {
      if (rows === 0) return [];
      const version = cursor.uint64();
      const flags = cursor.uint64();
      if (version !== 1n || flags !== 0x602n) throw new Error(`no reader for a dictionary of ${version}, ${flags}`);
      const keys = Array.from({ length: Number(cursor.uint64()) }, () => cursor.string());
      if (Number(cursor.uint64()) !== rows) throw new Error('a dictionary column of other rows than the block');
      return each(() => keys[cursor.unsigned(4)]!);
    }
    case 'Map(String, String)': {
      const ends = each(() => Number(cursor.uint64()));
      const entries = ends.at(-1) ?? 0;
      const keys = Array.from({ length: entries }, () => cursor.string());
      const values = Array.from({ length: entries }, () => cursor.string());
      return ends.map((end, row) => {
        const start = row === 0 ? 0 : ends[row - 1]!;
        return Object.fromEntries(keys.slice(start, end).map((key, index) => [key, values[start + index]!]));
      });
    }
    default:
      throw new Error(`no reader for ${type}`);
  }
}

class Cursor {
  private at = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes);
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  unsigned(bytes: number): number {
    const value = this.bytes.readUIntLE(this.at, bytes);
    this.at += bytes;
    return value;
  }

  uint64(): bigint {
    const value = this.bytes.readBigUInt64LE(this.at);
    this.at += 8;
    return value;
  }

  string(): string {
    const length = this.varint();
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    if (this.at + length > this.bytes.length) throw new Error('string longer than the block');
    const value = text.decode(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return value;
  }
}
