import { DecodeError } from './decode-error.ts';

/**
 * A cursor over protobuf bytes that never reads past the message it is in, whatever the bytes say: every call either
 * moves forward or throws a {@link DecodeError}, so a loop over fields always ends.
 *
 * ```
 * while (reader.more()) {
 *   switch (reader.tag()) {
 *     case 10: { const outer = reader.enter(); ...; reader.leave(outer); break; }
 *     default: reader.skip();
 *   }
 * }
 * ```
 */
export class WireReader {
  bytes: Buffer = EMPTY;
  /** Offset of the next byte to read. */
  at = 0;
  /** Offset after the last byte of the message the cursor is in. */
  limit = 0;
  /** Upper 32 bits of the last varint or fixed64. */
  high = 0;
  private wireType = 0;

  open(bytes: Buffer): void {
    this.bytes = bytes;
    this.at = 0;
    this.limit = bytes.length;
  }

  more(): boolean {
    return this.at < this.limit;
  }

  /** Field number times eight plus wire type. */
  tag(): number {
    const tag = this.varint();
    if (this.high !== 0 || tag < 8) throw new DecodeError('invalid field number');
    this.wireType = tag & 7;
    return tag;
  }

  /** Lower 32 bits, unsigned; the upper ones are in `high`. */
  varint(): number {
    const { bytes, limit } = this;
    let at = this.at;
    if (at >= limit) throw truncated();
    let byte = bytes[at++]!;
    if (byte < 128) {
      this.at = at;
      this.high = 0;
      return byte;
    }
    let low = byte & 127;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      if (at >= limit) throw truncated();
      byte = bytes[at++]!;
      if (shift < 28) low |= (byte & 127) << shift;
      else if (shift === 28) {
        low |= (byte & 15) << 28;
        high = (byte & 127) >>> 4;
      } else if (shift < 63) high |= (byte & 127) << (shift - 32);
      else high |= (byte & 1) << 31;
      if (byte < 128) {
        this.at = at;
        this.high = high >>> 0;
        return low >>> 0;
      }
    }
    throw new DecodeError('varint longer than ten bytes');
  }

  /** Lower 32 bits, unsigned; the upper ones are in `high`. */
  fixed64(): number {
    const at = this.advance(8);
    this.high = this.bytes.readUInt32LE(at + 4);
    return this.bytes.readUInt32LE(at);
  }

  fixed32(): number {
    return this.bytes.readUInt32LE(this.advance(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.advance(8));
  }

  /** Moves over a length-delimited field and returns where it starts; it ends at `at`. */
  delimited(): number {
    const length = this.varint();
    if (this.high !== 0) throw truncated();
    return this.advance(length);
  }

  /** Narrows the cursor to the length-delimited message that comes next; pass what it returns to {@link leave}. */
  enter(): number {
    const start = this.delimited();
    const outer = this.limit;
    this.limit = this.at;
    this.at = start;
    return outer;
  }

  leave(outerLimit: number): void {
    this.at = this.limit;
    this.limit = outerLimit;
  }

  /** Narrows the cursor to a message whose place is known; pass what it returns to {@link leave}. */
  enterAt(start: number, end: number): number {
    const outer = this.limit;
    this.at = start;
    this.limit = end;
    return outer;
  }

  /** Moves over the field whose tag was read last. */
  skip(): void {
    switch (this.wireType) {
      case 0:
        this.varint();
        return;
      case 1:
        this.advance(8);
        return;
      case 2:
        this.delimited();
        return;
      case 5:
        this.advance(4);
        return;
      default:
        throw new DecodeError(`unsupported wire type ${this.wireType}`);
    }
  }

  private advance(length: number): number {
    const start = this.at;
    if (length > this.limit - start) throw truncated();
    this.at = start + length;
    return start;
  }
}

const EMPTY = Buffer.alloc(0);

function truncated(): DecodeError {
  return new DecodeError('truncated message');
}
