/**
 * Writes protobuf fields. A message's length goes in front of it and is known only afterwards, so five bytes are kept
 * free for it and filled with a padded varint, which every reader takes.
 */
export class WireWriter {
  private bytes: Buffer;
  private length = 0;

  constructor(bytesInitial = 256) {
    this.bytes = Buffer.allocUnsafeSlow(bytesInitial);
  }

  /** What was written; valid until more is. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Writes the tag of a message and keeps room for its length; pass what it returns to {@link end}. */
  begin(field: number): number {
    this.tag(field, 2);
    this.reserve(LENGTH_BYTES);
    this.length += LENGTH_BYTES;
    return this.length;
  }

  end(start: number): void {
    let rest = this.length - start;
    for (let at = start - LENGTH_BYTES; at < start - 1; at++) {
      this.bytes[at] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[start - 1] = rest;
  }

  string(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.tag(field, 2);
    this.varint(length);
    this.reserve(length);
    this.length += this.bytes.write(value, this.length);
  }

  encoded(field: number, value: string, encoding: 'hex' | 'base64'): void {
    const bytes = Buffer.from(value, encoding);
    this.tag(field, 2);
    this.varint(bytes.length);
    this.reserve(bytes.length);
    this.length += bytes.copy(this.bytes, this.length);
  }

  uint32(field: number, value: number): void {
    this.tag(field, 0);
    this.varint(value);
  }

  /** Two's complement, as protobuf has it for negative numbers. */
  int64(field: number, value: bigint): void {
    this.tag(field, 0);
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) this.bytes[this.length++] = Number(rest & 127n) | 128;
    this.bytes[this.length++] = Number(rest);
  }

  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.reserve(8);
    this.length = this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.length);
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.reserve(8);
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  fixed32(field: number, value: number): void {
    this.tag(field, 5);
    this.reserve(4);
    this.length = this.bytes.writeUInt32LE(value, this.length);
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  private varint(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

const LENGTH_BYTES = 5;
