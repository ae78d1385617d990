import { DecodeError } from './decode-error.ts';

/** A whole number of 64 bits in two unsigned halves, in two's complement. */
export class Int64 {
  high = 0;
  low = 0;

  /**
   * Reads decimal digits with all 64 bits, a minus before them allowed.
   *
   * @returns false when the text is no such number, or does not fit in 64 bits with or without a sign
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    if (end === first || end - first > 20) return false;
    const split = Math.max(first, end - 9);
    const billions = digits(bytes, first, split);
    const rest = digits(bytes, split, end);
    if (!(billions >= 0 && rest >= 0)) return false;
    // billions * 1e9 + rest, in parts that a double holds exactly
    const upper = Math.floor(billions / 0x1_0000) * 1e9;
    const lower = (upper % 0x1_0000) * 0x1_0000 + (billions % 0x1_0000) * 1e9 + rest;
    this.low = lower % 2 ** 32;
    this.high = Math.floor(upper / 0x1_0000) + Math.floor(lower / 2 ** 32);
    if (this.high >= 2 ** 32) return false;
    return !negative || this.negate();
  }

  /** Takes a double that is a whole number. @returns false when it is not, or does not fit */
  take(value: number): boolean {
    if (!Number.isInteger(value) || value >= 2 ** 64 || value < -(2 ** 63)) return false;
    const bits = BigInt.asUintN(64, BigInt(value));
    this.high = Number(bits >> 32n);
    this.low = Number(bits & 0xffff_ffffn);
    return true;
  }

  private negate(): boolean {
    if (this.high > 2 ** 31 || (this.high === 2 ** 31 && this.low > 0)) return false;
    this.high = (~this.high + (this.low === 0 ? 1 : 0)) >>> 0;
    this.low = -this.low >>> 0;
    return true;
  }
}

/**
 * Where the JSON number that begins at `start` ends.
 *
 * @throws DecodeError when there is none, or one of more characters than anybody writes
 */
export function numberEnd(bytes: Buffer, start: number): number {
  let at = start;
  if (bytes[at] === MINUS) at++;
  if (bytes[at] === ZERO) at++;
  else at = digitsEnd(bytes, at, start);
  if (bytes[at] === POINT) at = digitsEnd(bytes, at + 1, start);
  if (bytes[at] === 0x45 || bytes[at] === 0x65) {
    at++;
    if (bytes[at] === PLUS || bytes[at] === MINUS) at++;
    at = digitsEnd(bytes, at, start);
  }
  return at;
}

/** Whether the text is only a minus, perhaps, and digits. */
export function isWhole(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte < ZERO || byte > NINE) && byte !== MINUS) return false;
  }
  return true;
}

/** NaN when there is anything but digits. */
function digits(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function digitsEnd(bytes: Buffer, from: number, start: number): number {
  let at = from;
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) {
    if (++at - start > NUMBER_CHARS_MAX) throw new DecodeError('body holds a number that is too long');
  }
  if (at === from) throw new DecodeError('body is not JSON: wrong number');
  return at;
}

const NUMBER_CHARS_MAX = 4_096;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
