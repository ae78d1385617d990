import { isUtf8 } from 'node:buffer';
import type { DecodeCounts } from './decode-counts.ts';

/**
 * One column of a Native block while it grows: numbers little-endian, strings with their length in front. Strings are
 * copied byte by byte from the request; only invalid UTF-8 is decoded, so that it can be replaced.
 */
export class ByteColumn {
  bytes: Buffer;
  length = 0;

  constructor(bytesInitial = 1_024) {
    this.bytes = Buffer.allocUnsafeSlow(bytesInitial);
  }

  /** Empties the column; a buffer that one huge request left behind is given back. */
  clear(bytesKeptMax = 1 << 20): void {
    this.length = 0;
    if (this.bytes.length > bytesKeptMax) this.bytes = Buffer.allocUnsafeSlow(1_024);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    this.bytes[this.length++] = value;
    this.bytes[this.length++] = value >>> 8;
  }

  /** Signed or unsigned; the bits are the same. */
  u32(value: number): void {
    this.reserve(4);
    const { bytes } = this;
    bytes[this.length++] = value;
    bytes[this.length++] = value >>> 8;
    bytes[this.length++] = value >>> 16;
    bytes[this.length++] = value >>> 24;
  }

  u64(high: number, low: number): void {
    this.u32(low);
    this.u32(high);
  }

  empty(): void {
    this.u8(0);
  }

  /** Copies `source[start..end)`, cut at `bytesMax` on a character boundary. */
  text(source: Buffer, start: number, end: number, bytesMax: number, counts: DecodeCounts): void {
    let stop = end;
    if (end - start > bytesMax) {
      stop = start + bytesMax;
      while (stop > start && (source[stop]! & 0xc0) === 0x80) stop--;
      counts.cutValues++;
    }
    const length = stop - start;
    this.reserve(length + 5);
    const from = this.length;
    this.rawVarint(length);
    const { bytes } = this;
    let to = this.length;
    if (length < 48) {
      let bits = 0;
      for (let at = start; at < stop; at++) {
        const byte = source[at]!;
        bits |= byte;
        bytes[to++] = byte;
      }
      this.length = to;
      if (bits < 128) return;
    } else {
      source.copy(bytes, to, start, stop);
      this.length = to + length;
    }
    if (isUtf8(source.subarray(start, stop))) return;
    counts.invalidTexts++;
    this.length = from;
    this.string(source.toString('utf8', start, stop), bytesMax * 3);
  }

  /** Cut at `bytesMax` only when there are `counts` to say so. */
  string(value: string, bytesMax: number, counts?: DecodeCounts): void {
    const bytesAtMost = value.length * 3;
    this.reserve(bytesAtMost + 5);
    if (bytesAtMost < 128) {
      const length = this.bytes.write(value, this.length + 1);
      this.bytes[this.length] = length;
      this.length += length + 1;
      return;
    }
    const length = Buffer.byteLength(value);
    if (length > bytesMax && counts !== undefined) {
      this.text(Buffer.from(value), 0, length, bytesMax, counts);
      return;
    }
    this.rawVarint(length);
    this.length += this.bytes.write(value, this.length);
  }

  /** Bytes that are valid text within their limit. */
  known(value: Buffer): void {
    this.reserve(value.length + 5);
    this.rawVarint(value.length);
    this.length += value.copy(this.bytes, this.length);
  }

  /** Lower-case hexadecimal of `source[start..end)`. */
  hex(source: Buffer, start: number, end: number): void {
    const digits = (end - start) * 2;
    this.reserve(digits + 5);
    this.rawVarint(digits);
    const { bytes } = this;
    let to = this.length;
    for (let at = start; at < end; at++) {
      const byte = source[at]!;
      bytes[to++] = HEX_DIGITS[byte >>> 4]!;
      bytes[to++] = HEX_DIGITS[byte & 15]!;
    }
    this.length = to;
  }

  /** Appends as it is, without a length. */
  append(source: ByteColumn): void {
    this.reserve(source.length);
    this.length += source.bytes.copy(this.bytes, this.length, 0, source.length);
  }

  varint(value: number): void {
    this.reserve(5);
    this.rawVarint(value);
  }

  private rawVarint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed + 64));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

const HEX_DIGITS = Buffer.from('0123456789abcdef');
