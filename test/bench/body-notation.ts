/**
 * How ids and times stand in a body, and so how they are overwritten in place: of fixed width in both encodings of OTLP.
 * Numbers of 64 bits come as two halves, so that nothing is allocated for them.
 */
export interface BodyNotation {
  /** How the given hexadecimal id, or epoch nanoseconds, stands in a body; to be searched for. */
  id(hex: string): Buffer;
  time(epochNs: bigint): Buffer;

  writeId32(bytes: Buffer, at: number, word: number): void;
  /** Bytes, or characters, that four bytes of an id take. */
  readonly id32Bytes: number;
  writeTime(bytes: Buffer, at: number, base: TimeBase, offsetNs: number): void;
}

/** A moment in both notations' terms, from which times are counted. */
export class TimeBase {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly high: number;
  readonly low: number;

  constructor(epochMs: number) {
    const epochNs = BigInt(Math.floor(epochMs)) * 1_000_000n;
    this.seconds = Math.floor(epochMs / 1000);
    this.nanoseconds = (Math.floor(epochMs) % 1000) * 1_000_000;
    this.high = Number(epochNs >> 32n);
    this.low = Number(epochNs & 0xffff_ffffn);
  }
}

export const PROTOBUF: BodyNotation = {
  id: (hex) => Buffer.from(hex, 'hex'),
  time(epochNs) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(epochNs);
    return bytes;
  },
  id32Bytes: 4,
  writeId32(bytes, at, word) {
    bytes[at] = word >>> 24;
    bytes[at + 1] = word >>> 16;
    bytes[at + 2] = word >>> 8;
    bytes[at + 3] = word;
  },
  writeTime(bytes, at, { high, low }, offsetNs) {
    const sum = low + offsetNs;
    const carry = Math.floor(sum / 2 ** 32);
    bytes.writeUInt32LE(sum - carry * 2 ** 32, at);
    bytes.writeUInt32LE(high + carry, at + 4);
  },
};

const HEX_DIGITS = Buffer.from('0123456789abcdef');

export const JSON_NOTATION: BodyNotation = {
  id: (hex) => Buffer.from(hex),
  time: (epochNs) => Buffer.from(String(epochNs)),
  id32Bytes: 8,
  writeId32(bytes, at, word) {
    for (let digit = 7, rest = word; digit >= 0; digit--, rest >>>= 4) bytes[at + digit] = HEX_DIGITS[rest & 15]!;
  },
  writeTime(bytes, at, { seconds, nanoseconds }, offsetNs) {
    const sum = nanoseconds + offsetNs;
    const carry = Math.floor(sum / 1e9);
    writeDigits(bytes, at, 10, seconds + carry);
    writeDigits(bytes, at + 10, 9, sum - carry * 1e9);
  },
};

/** Decimal, with leading zeros. */
export function writeDigits(bytes: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let digit = digits - 1; digit >= 0; digit--) {
    const next = Math.floor(rest / 10);
    bytes[at + digit] = 48 + rest - next * 10;
    rest = next;
  }
}
