import { isUtf8 } from 'node:buffer';
import { type ByteSource, byteSource, viewOf } from './byte-source.ts';
import { copyWords, NOT_ASCII } from './byte-words.ts';
import type { DecodeCounts } from './decode-counts.ts';
import type { EncodedText } from './encoded-text.ts';

/** From here on a native copy is faster than one by words. */
const WORDS_BYTES_MAX = 512;

/**
 * One column of a Native block while it grows: numbers little-endian, strings with their length in front. Strings are
 * copied as bytes from the request; only invalid UTF-8 is decoded, so that it can be replaced.
 */
export class ByteColumn {
  bytes: Buffer;
  length = 0;
  private view: DataView;
  private capacity: number;

  constructor(bytesInitial = 1_024) {
    this.bytes = Buffer.allocUnsafeSlow(bytesInitial);
    this.view = viewOf(this.bytes);
    this.capacity = bytesInitial;
  }

  /** Empties the column; a buffer that one huge request left behind is given back. */
  clear(bytesKeptMax = 2 << 20): void {
    this.length = 0;
    if (this.capacity > bytesKeptMax) this.moveTo(1_024);
  }

  u8(value: number): void {
    if (this.length === this.capacity) this.grow(1);
    this.view.setUint8(this.length++, value);
  }

  u16(value: number): void {
    if (this.length + 2 > this.capacity) this.grow(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  /** Signed or unsigned; the bits are the same. */
  u32(value: number): void {
    if (this.length + 4 > this.capacity) this.grow(4);
    this.view.setInt32(this.length, value, true);
    this.length += 4;
  }

  u64(high: number, low: number): void {
    if (this.length + 8 > this.capacity) this.grow(8);
    this.view.setInt32(this.length, low, true);
    this.view.setInt32(this.length + 4, high, true);
    this.length += 8;
  }

  empty(): void {
    this.u8(0);
  }

  /** Copies the text `[start, end)`, cut at `bytesMax` on a character boundary. */
  text(source: ByteSource, start: number, end: number, bytesMax: number, counts: DecodeCounts): void {
    const length = end - start;
    if (length >= 128 || length > bytesMax) {
      this.longText(source, start, end, bytesMax, counts);
      return;
    }
    if (this.length + length >= this.capacity) this.grow(length + 1);
    this.view.setUint8(this.length, length);
    const bits = copyWords(source.view, start, end, this.view, this.length + 1);
    if ((bits & NOT_ASCII) !== 0 && !isUtf8(source.bytes.subarray(start, end))) {
      this.repaired(source, start, end, counts);
    } else this.length += length + 1;
  }

  /** Cut at `bytesMax` only when there are `counts` to say so. */
  string(value: string, bytesMax: number, counts?: DecodeCounts): void {
    if (value.length === 0) {
      this.empty();
      return;
    }
    const bytesAtMost = value.length * 3;
    if (bytesAtMost < 128) {
      this.reserve(bytesAtMost + 1);
      const length = this.bytes.write(value, this.length + 1);
      this.bytes[this.length] = length;
      this.length += length + 1;
      return;
    }
    const length = Buffer.byteLength(value);
    if (length > bytesMax && counts !== undefined) {
      this.text(byteSource(Buffer.from(value)), 0, length, bytesMax, counts);
      return;
    }
    this.varint(length);
    this.reserve(length);
    this.length += this.bytes.write(value, this.length);
  }

  /** The decimal digits of a whole number, without a string in between where it is short. */
  integer(value: number): void {
    if (value < 0 || value > 999_999_999) {
      this.string(String(value), 20);
      return;
    }
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    this.reserve(digits + 1);
    const start = this.length;
    this.view.setUint8(start, digits);
    let rest = value | 0;
    for (let at = start + digits; at > start; at--) {
      const tenth = (rest / 10) | 0;
      this.view.setUint8(at, 48 + rest - tenth * 10);
      rest = tenth;
    }
    this.length = start + digits + 1;
  }

  encoded(text: EncodedText): void {
    this.raw(text, 0, text.bytes.length);
  }

  /** Lower-case hexadecimal of `[start, end)`. */
  hex(source: ByteSource, start: number, end: number): void {
    const digits = (end - start) * 2;
    this.varint(digits);
    this.reserve(digits);
    const { view } = this;
    let to = this.length;
    for (let at = start; at < end; at++, to += 2) view.setUint16(to, HEX_PAIRS[source.view.getUint8(at)]!);
    this.length = to;
  }

  /** Appends the bytes so many times. */
  repeat(row: Buffer, times: number): void {
    const start = this.length;
    const total = row.length * times;
    this.reserve(total);
    row.copy(this.bytes, start);
    for (let done = row.length; done < total; ) {
      const length = Math.min(done, total - done);
      this.bytes.copyWithin(start + done, start, start + length);
      done += length;
    }
    this.length = start + total;
  }

  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest >= 128) {
      this.view.setUint8(this.length++, (rest & 127) | 128);
      rest >>>= 7;
    }
    this.view.setUint8(this.length++, rest);
  }

  /** Lets `bytes` more be written without growing in between. */
  reserve(bytes: number): void {
    if (this.length + bytes > this.capacity) this.grow(bytes);
  }

  private longText(source: ByteSource, start: number, end: number, bytesMax: number, counts: DecodeCounts): void {
    let stop = end;
    if (end - start > bytesMax) {
      stop = start + bytesMax;
      while (stop > start && (source.bytes[stop]! & 0xc0) === 0x80) stop--;
      counts.cutValues++;
    }
    const from = this.length;
    this.varint(stop - start);
    const bits = this.raw(source, start, stop);
    if ((bits & NOT_ASCII) === 0 || isUtf8(source.bytes.subarray(start, stop))) return;
    this.length = from;
    this.repaired(source, start, stop, counts);
  }

  private repaired(source: ByteSource, start: number, end: number, counts: DecodeCounts): void {
    counts.invalidTexts++;
    this.string(source.bytes.toString('utf8', start, end), (end - start) * 3);
  }

  /** @returns bits as `copyWords` has them; those of a long run are not looked at */
  private raw({ bytes, view }: ByteSource, start: number, end: number): number {
    const length = end - start;
    this.reserve(length);
    const to = this.length;
    this.length = to + length;
    if (length <= WORDS_BYTES_MAX) return copyWords(view, start, end, this.view, to);
    bytes.copy(this.bytes, to, start, end);
    return NOT_ASCII;
  }

  private grow(bytes: number): void {
    this.moveTo(Math.max(this.capacity * 2, this.length + bytes + 64));
  }

  private moveTo(capacity: number): void {
    const moved = Buffer.allocUnsafeSlow(capacity);
    this.bytes.copy(moved, 0, 0, this.length);
    this.bytes = moved;
    this.view = viewOf(moved);
    this.capacity = capacity;
  }
}

/** Both digits of each byte, the first in the upper half. */
const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16BE(0),
);
