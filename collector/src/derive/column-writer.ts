/** A column's memory beyond this, which one huge run left behind, is given back. */
const BYTES_KEPT_MAX = 2 << 20;
/** Below 128, so that the length is one byte. */
const SHORT_CHARS = 48;

/** One column: numbers little-endian, texts with their length in bytes in front. */
export class ColumnWriter {
  #bytes = Buffer.allocUnsafeSlow(256);
  #length = 0;
  #lastText: string | undefined;
  #lastStart = 0;

  u32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32LE(value | 0, this.#length);
  }

  u64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
  }

  /** A whole number; what is beyond 2^53 is as exact as it was. */
  number(value: number): void {
    this.#reserve(8);
    this.#bytes.writeUInt32LE(value % 2 ** 32, this.#length);
    this.#length = this.#bytes.writeUInt32LE(Math.min(Math.floor(value / 2 ** 32), 0xffff_ffff), this.#length + 4);
  }

  /** 16 hex digits. */
  hash(hex: string): void {
    this.#reserve(8);
    this.#bytes.writeUInt32LE(Number.parseInt(hex.slice(8), 16), this.#length);
    this.#length = this.#bytes.writeUInt32LE(Number.parseInt(hex.slice(0, 8), 16), this.#length + 4);
  }

  text(value: string): void {
    // Rows of one request repeat the row above.
    if (value === this.#lastText) {
      const length = this.#length - this.#lastStart;
      this.#reserve(length);
      this.#bytes.copy(this.#bytes, this.#length, this.#lastStart, this.#length);
      this.#lastStart = this.#length;
      this.#length += length;
      return;
    }
    this.#lastText = value;
    this.#lastStart = this.#length;
    if (value.length < SHORT_CHARS && this.#shortAscii(value)) return;
    const lengthBytes = Buffer.byteLength(value);
    this.#reserve(lengthBytes + 5);
    this.varint(lengthBytes);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** Most texts; a call into the engine would take longer. @returns false, and writes nothing, for another */
  #shortAscii(value: string): boolean {
    this.#reserve(SHORT_CHARS);
    const bytes = this.#bytes;
    let to = this.#length;
    bytes[to++] = value.length;
    for (let at = 0; at < value.length; at++) {
      const unit = value.charCodeAt(at);
      if (unit > 127) return false;
      bytes[to++] = unit;
    }
    this.#length = to;
    return true;
  }

  varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128;
    this.#bytes[this.#length++] = rest;
  }

  /** What was written; valid until {@link clear}. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  pieces(): readonly Uint8Array[] {
    return [this.bytes()];
  }

  clear(): void {
    if (this.#bytes.length > BYTES_KEPT_MAX) this.#bytes = Buffer.allocUnsafeSlow(256);
    this.#length = 0;
    this.#lastText = undefined;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, needed));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
