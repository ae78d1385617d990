import { viewOf } from './byte-source.ts';
import { DecodeError } from './decode-error.ts';
import { GROUP_DEPTH_MAX, MESSAGE_BYTES_UNCOUNTED, MESSAGE_FIELDS_MAX } from './limits.ts';

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
  view: DataView = viewOf(EMPTY);
  /** Offset of the next byte to read. */
  at = 0;
  /** Offset after the last byte of the message the cursor is in. */
  limit = 0;
  /** Upper 32 bits of the last varint or fixed64. */
  high = 0;
  private lastTag = 0;

  open(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.at = 0;
    this.limit = bytes.length;
  }

  more(): boolean {
    return this.at < this.limit;
  }

  /** Field number times eight plus wire type. */
  tag(): number {
    const { at } = this;
    if (at < this.limit) {
      const tag = this.view.getUint8(at);
      if (tag >= 8 && tag < 128) {
        this.at = at + 1;
        this.lastTag = tag;
        return tag;
      }
    }
    const tag = this.varint();
    if (this.high !== 0 || tag < 8 || this.at - at > PREFIX_BYTES_MAX) throw new DecodeError('invalid field number');
    this.lastTag = tag;
    return tag;
  }

  /** Lower 32 bits, unsigned; the upper ones are in `high`. */
  varint(): number {
    const { view, limit } = this;
    let at = this.at;
    if (at >= limit) throw truncated();
    let byte = view.getUint8(at++);
    if (byte < 128) {
      this.at = at;
      this.high = 0;
      return byte;
    }
    let low = byte & 127;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      if (at >= limit) throw truncated();
      byte = view.getUint8(at++);
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
    this.high = this.view.getUint32(at + 4, true);
    return this.view.getUint32(at, true);
  }

  fixed32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** Moves over a length-delimited field and returns where it starts; it ends at `at`. */
  delimited(): number {
    const { at } = this;
    if (at < this.limit) {
      const length = this.view.getUint8(at);
      if (length < 128) {
        const start = at + 1;
        if (length > this.limit - start) throw truncated();
        this.at = start + length;
        return start;
      }
    }
    const length = this.varint();
    if (this.high !== 0 || this.at - at > PREFIX_BYTES_MAX) throw truncated();
    return this.advance(length);
  }

  /**
   * Narrows the cursor to the length-delimited message that comes next; pass what it returns to {@link leave}. The
   * message will be read in one go, so one of so many fields that this would take long is refused.
   */
  enter(): number {
    const outer = this.enterParts();
    this.refuseManyFields(this.at, this.limit);
    return outer;
  }

  /** As {@link enter}, for a message of any number of fields, because its reader can pause between them. */
  enterParts(): number {
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

  /** Looks at the message `[start, end)` only if it is long; leaves the cursor where it was. */
  refuseManyFields(start: number, end: number): void {
    if (end - start <= MESSAGE_BYTES_UNCOUNTED) return;
    const { at } = this;
    const outer = this.enterAt(start, end);
    for (let fields = 0; this.more(); fields++) {
      if (fields === MESSAGE_FIELDS_MAX) throw tooManyFields();
      this.tag();
      this.skip();
    }
    this.at = at;
    this.limit = outer;
  }

  /** Moves over the field whose tag was read last. */
  skip(): void {
    const tag = this.lastTag;
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.advance(8);
        return;
      case 2:
        this.delimited();
        return;
      case 3:
        this.skipGroup(tag);
        return;
      case 5:
        this.advance(4);
        return;
      default:
        throw new DecodeError(`unsupported wire type ${tag & 7}`);
    }
  }

  /** A group is a message without a length, up to the end tag of its number; nothing that is read here is one. */
  private skipGroup(startTag: number): void {
    const open = [startTag];
    for (let fields = 0; open.length > 0; fields++) {
      if (fields === MESSAGE_FIELDS_MAX) throw tooManyFields();
      const tag = this.tag();
      if ((tag & 7) === 3) {
        if (open.length === GROUP_DEPTH_MAX) throw new DecodeError('groups are nested too deep');
        open.push(tag);
      } else if ((tag & 7) === 4) {
        if (open.pop() !== tag - 1) throw new DecodeError('group ends with another number');
      } else this.skip();
    }
  }

  private advance(length: number): number {
    const start = this.at;
    if (length > this.limit - start) throw truncated();
    this.at = start + length;
    return start;
  }
}

/** Tags and lengths have 32 bits; a longer varint is none, even where it is only padded. */
const PREFIX_BYTES_MAX = 5;
const EMPTY = Buffer.alloc(0);

function truncated(): DecodeError {
  return new DecodeError('truncated message');
}

function tooManyFields(): DecodeError {
  return new DecodeError(`message of more than ${MESSAGE_FIELDS_MAX} fields`);
}
