import { type ByteSource, byteSource } from './byte-source.ts';
import { DecodeError } from './decode-error.ts';
import { VALUE_BYTES_MAX } from './limits.ts';

/** As much of a text as has to be written for it to be cut where it is stored: no limit there is above that. */
const KEPT_BYTES_MAX = VALUE_BYTES_MAX + 4;
const REPLACEMENT = 0xfffd;

/**
 * One string of a JSON body, without its escapes. Where there are none it is a place in the body, so that it is copied
 * once; else in a buffer of its own. Bytes that are no UTF-8 stay as they are.
 */
export class JsonText {
  source: ByteSource;
  start = 0;
  end = 0;
  private readonly unescaped = byteSource(Buffer.allocUnsafeSlow(KEPT_BYTES_MAX));
  private isEscaped = false;
  private length = 0;
  private isFull = false;

  constructor() {
    this.source = this.unescaped;
  }

  /** @param start after the quotation mark */
  begin(start: number): void {
    this.start = start;
    this.isEscaped = false;
    this.length = 0;
    this.isFull = false;
  }

  /**
   * Reads on from `from` as far as `until`, or a little further.
   *
   * @returns the offset after the closing quotation mark, or minus the offset to read on from when it was not reached
   * @throws DecodeError
   */
  read(body: ByteSource, from: number, until: number): number {
    const { bytes } = body;
    let at = from;
    for (;;) {
      const runStart = at;
      let byte = 0;
      while (at < until) {
        byte = bytes[at]!;
        if (byte === QUOTE || byte === BACKSLASH || byte < SPACE) break;
        at++;
      }
      if (this.isEscaped) this.keep(bytes, runStart, at);
      if (at >= until) return -at;
      if (byte === QUOTE) {
        this.finish(body, at);
        return at + 1;
      }
      if (byte !== BACKSLASH) throw new DecodeError('body is not JSON: control character in a string');
      if (!this.isEscaped) {
        this.isEscaped = true;
        this.keep(bytes, this.start, at);
      }
      at = this.readEscape(bytes, at + 1);
    }
  }

  private finish(body: ByteSource, at: number): void {
    if (this.isEscaped) {
      this.source = this.unescaped;
      this.start = 0;
      this.end = this.length;
    } else {
      this.source = body;
      this.end = Math.min(at, this.start + KEPT_BYTES_MAX);
    }
  }

  /** @returns the offset after the escape whose second character is at `at` */
  private readEscape(bytes: Buffer, at: number): number {
    const byte = bytes[at];
    if (byte !== LETTER_U) {
      const code = byte === undefined ? undefined : SIMPLE_ESCAPES.get(byte);
      if (code === undefined) throw wrongEscape();
      this.keepCode(code);
      return at + 1;
    }
    const unit = hexUnit(bytes, at + 1);
    const isHigh = unit >= 0xd800 && unit < 0xdc00;
    if (isHigh && bytes[at + 5] === BACKSLASH && bytes[at + 6] === LETTER_U) {
      const low = hexUnit(bytes, at + 7);
      if (low >= 0xdc00 && low < 0xe000) {
        this.keepCode(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
        return at + 11;
      }
    }
    this.keepCode(unit >= 0xd800 && unit < 0xe000 ? REPLACEMENT : unit);
    return at + 5;
  }

  private keep(bytes: Buffer, start: number, end: number): void {
    if (this.isFull || end === start) return;
    this.length += bytes.copy(this.unescaped.bytes, this.length, start, end);
    this.isFull = this.length === KEPT_BYTES_MAX;
  }

  private keepCode(code: number): void {
    const { bytes } = this.unescaped;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (this.isFull || this.length + size > KEPT_BYTES_MAX) {
      this.isFull = true;
      return;
    }
    if (size === 1) bytes[this.length] = code;
    else {
      let rest = code;
      for (let at = this.length + size - 1; at > this.length; at--) {
        bytes[at] = 0x80 | (rest & 0x3f);
        rest >>>= 6;
      }
      bytes[this.length] = LEAD_BYTES[size]! | rest;
    }
    this.length += size;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const LETTER_U = 0x75;
/** First byte of a character of so many bytes. */
const LEAD_BYTES = [0, 0, 0xc0, 0xe0, 0xf0];
const SIMPLE_ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, meaning]) => [letter.charCodeAt(0), meaning.charCodeAt(0)],
  ),
);

function hexUnit(bytes: Buffer, at: number): number {
  const unit = (hexByte(bytes, at) << 8) | hexByte(bytes, at + 2);
  if (unit < 0) throw wrongEscape();
  return unit;
}

/** The byte that two hexadecimal digits, in either case, stand for; negative when they are none. */
export function hexByte(digits: Buffer, at: number): number {
  return ((HEX_DIGITS[digits[at]!] ?? -1) << 4) | (HEX_DIGITS[digits[at + 1]!] ?? -1);
}

const HEX_DIGITS = Int8Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? -1 : digit;
});

function wrongEscape(): DecodeError {
  return new DecodeError('body is not JSON: wrong escape in a string');
}
