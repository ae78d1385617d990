import { viewOf } from './text-table.ts';

/** Reads Native blocks column by column: of the inserter's, and of what the engine answers with `FORMAT Native`. */
export class NativeReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  at = 0;
  /** Of the block that is read. */
  rows = 0;
  #columnsLeft = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = viewOf(this.bytes);
  }

  /** Goes to the next block; false at the end. */
  nextBlock(): boolean {
    if (this.at >= this.bytes.length) return false;
    this.#columnsLeft = this.varint();
    this.rows = this.varint();
    return true;
  }

  /** Goes to the next column of the block, whose data must then be read or skipped whole. */
  nextColumn(): { readonly name: string; readonly type: string } | undefined {
    if (this.#columnsLeft === 0) return undefined;
    this.#columnsLeft--;
    return { name: this.#label(), type: this.#label() };
  }

  varint(): number {
    const { bytes } = this;
    let value = bytes[this.at++]!;
    if (value < 128) return value;
    value &= 127;
    for (let scale = 128; ; scale *= 128) {
      const byte = bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  skip(type: string): void {
    const { rows } = this;
    if (type === 'String') this.#skipStrings(rows);
    else if (type === 'Map(String, String)') {
      const entries = rows === 0 ? 0 : Number(this.view.getBigUint64(this.at + (rows - 1) * 8, true));
      this.at += rows * 8;
      this.#skipStrings(entries * 2);
    } else this.at += rows * widthBytes(type);
  }

  #skipStrings(count: number): void {
    for (let index = 0; index < count; index++) {
      const length = this.varint();
      this.at += length;
    }
  }

  #label(): string {
    const length = this.varint();
    const start = this.at;
    this.at += length;
    return this.bytes.toString('latin1', start, this.at);
  }
}

function widthBytes(type: string): number {
  if (type.startsWith('DateTime64') || type === 'UInt64') return 8;
  if (type === 'UInt32' || type === 'Int32') return 4;
  if (type === 'UInt16') return 2;
  if (type === 'UInt8') return 1;
  throw new Error(`Native blocks hold no column of ${type}`);
}
