import { type ByteSource, viewOf } from './byte-source.ts';
import { copyWords } from './byte-words.ts';

/** From here on a native copy is faster than one by words. */
const WORDS_BYTES_MAX = 512;

/**
 * Writes the protobuf fields of a whole request, into a buffer that its owner has made large enough. A message's length goes in front of it and
 * is known only afterwards, so room is kept for it: five bytes, filled with a padded varint, which every reader takes; or
 * one for a message that is usually shorter than 128 bytes, and is moved when it is not.
 */
export class RequestWriter {
  length = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = viewOf(this.bytes);

  open(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.length = 0;
  }

  /** What was written; valid until more is. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Writes the tag of a message and keeps room for its length; pass what it returns to the `end` that goes with it. */
  begin(field: number): number {
    this.tag(field, 2);
    this.length += LENGTH_BYTES;
    return this.length;
  }

  end(start: number): void {
    let rest = this.length - start;
    for (let at = start - LENGTH_BYTES; at < start - 1; at++) {
      this.view.setUint8(at, (rest & 127) | 128);
      rest >>>= 7;
    }
    this.view.setUint8(start - 1, rest);
  }

  beginShort(field: number): number {
    this.tag(field, 2);
    return ++this.length;
  }

  endShort(start: number): void {
    const length = this.length - start;
    if (length < 128) {
      this.view.setUint8(start - 1, length);
      return;
    }
    const moved = start + LENGTH_BYTES - 1;
    this.bytes.copyWithin(moved, start, this.length);
    this.length += LENGTH_BYTES - 1;
    this.end(moved);
  }

  /** A string or bytes, as they are. */
  delimited(field: number, source: ByteSource, start: number, end: number): void {
    const length = end - start;
    this.tag(field, 2);
    this.varint(length);
    if (length <= WORDS_BYTES_MAX) copyWords(source.view, start, end, this.view, this.length);
    else source.bytes.copy(this.bytes, this.length, start, end);
    this.length += length;
  }

  uint32(field: number, value: number): void {
    this.tag(field, 0);
    this.varint(value);
  }

  /** Unsigned halves; a negative number is in two's complement. */
  int64(field: number, high: number, low: number): void {
    this.tag(field, 0);
    let upper = high;
    let lower = low;
    while (upper !== 0 || lower >= 128) {
      this.view.setUint8(this.length++, (lower & 127) | 128);
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    this.view.setUint8(this.length++, lower);
  }

  fixed64(field: number, high: number, low: number): void {
    this.tag(field, 1);
    this.view.setUint32(this.length, low, true);
    this.view.setUint32(this.length + 4, high, true);
    this.length += 8;
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  fixed32(field: number, value: number): void {
    this.tag(field, 5);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  private varint(value: number): void {
    let rest = value >>> 0;
    while (rest >= 128) {
      this.view.setUint8(this.length++, (rest & 127) | 128);
      rest >>>= 7;
    }
    this.view.setUint8(this.length++, rest);
  }
}

const LENGTH_BYTES = 5;
