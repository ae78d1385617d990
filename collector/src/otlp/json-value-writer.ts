import { type ByteSource, byteSource } from './byte-source.ts';
import { DecodeError } from './decode-error.ts';
import { Int64, isWhole } from './json-number.ts';
import { JSON_KIND, type JsonField } from './json-schema.ts';
import { hexByte, type JsonText } from './json-text.ts';
import { VALUE_BYTES_MAX } from './limits.ts';
import type { RequestWriter } from './request-writer.ts';

const EXPECTED: Readonly<Record<number, string>> = {
  [JSON_KIND.string]: 'a string',
  [JSON_KIND.id]: 'a string',
  [JSON_KIND.base64]: 'a string',
  [JSON_KIND.bool]: 'true or false',
  [JSON_KIND.uint32]: 'a whole number of 32 bits',
  [JSON_KIND.fixed32]: 'a whole number of 32 bits',
  [JSON_KIND.int64]: 'a whole number of 64 bits',
  [JSON_KIND.fixed64]: 'a whole number of 64 bits',
  [JSON_KIND.double]: 'a number',
  [JSON_KIND.message]: 'an object',
  [JSON_KIND.messages]: 'an array of objects',
};
const DOUBLE_TEXT = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const UINT32_TEXT = /^\d{1,10}$/;
/** Longer texts are no number. */
const NUMBER_TEXT_BYTES_MAX = 4_096;
const ID_BYTES_MAX = 32;
/** Bytes that are stored are fewer; what is longer is not stored, and remains longer. */
const BASE64_CHARS_MAX = VALUE_BYTES_MAX * 2;

/** Writes single values as the fields that they are of. A value of the wrong type is a {@link DecodeError} naming it. */
export class JsonValueWriter {
  private readonly out: RequestWriter;
  private readonly int = new Int64();
  private readonly id = byteSource(Buffer.alloc(ID_BYTES_MAX));

  constructor(out: RequestWriter) {
    this.out = out;
  }

  writeBool(field: JsonField, value: boolean): void {
    this.out.uint32(field.number, value ? 1 : 0);
  }

  writeText(field: JsonField, text: JsonText): void {
    const { source, start, end } = text;
    switch (field.kind) {
      case JSON_KIND.string:
        this.out.delimited(field.number, source, start, end);
        return;
      case JSON_KIND.id:
        this.writeId(field, source.bytes, start, end);
        return;
      case JSON_KIND.base64: {
        const bytes = Buffer.from(
          source.bytes.toString('latin1', start, Math.min(end, start + BASE64_CHARS_MAX)),
          'base64',
        );
        this.out.delimited(field.number, byteSource(bytes), 0, bytes.length);
        return;
      }
      case JSON_KIND.int64:
      case JSON_KIND.fixed64:
        if (!this.int.read(source.bytes, start, end)) throw wrongType(field);
        this.writeInt(field);
        return;
      case JSON_KIND.uint32:
      case JSON_KIND.fixed32:
      case JSON_KIND.double:
        if (end - start > NUMBER_TEXT_BYTES_MAX) throw wrongType(field);
        this.writeNumberText(field, source.bytes.toString('latin1', start, end));
        return;
      default:
        throw wrongType(field);
    }
  }

  /** Writes the number whose text is at `[start, end)`. */
  writeNumber(field: JsonField, { bytes }: ByteSource, start: number, end: number): void {
    switch (field.kind) {
      case JSON_KIND.int64:
      case JSON_KIND.fixed64:
        if (!this.readInt(bytes, start, end)) throw wrongType(field);
        this.writeInt(field);
        return;
      case JSON_KIND.uint32:
      case JSON_KIND.fixed32:
        this.writeUint32(field, Number(bytes.toString('latin1', start, end)));
        return;
      case JSON_KIND.double:
        this.out.double(field.number, Number(bytes.toString('latin1', start, end)));
        return;
      default:
        throw wrongType(field);
    }
  }

  /** A double would round what is written with all its digits; only `1e3` and the like are read as one. */
  private readInt(bytes: Buffer, start: number, end: number): boolean {
    if (isWhole(bytes, start, end)) return this.int.read(bytes, start, end);
    return this.int.take(Number(bytes.toString('latin1', start, end)));
  }

  private writeNumberText(field: JsonField, text: string): void {
    if (field.kind !== JSON_KIND.double) {
      if (!UINT32_TEXT.test(text)) throw wrongType(field);
      this.writeUint32(field, Number(text));
    } else if (text === 'NaN' || text === 'Infinity' || text === '-Infinity' || DOUBLE_TEXT.test(text)) {
      this.out.double(field.number, Number(text));
    } else throw wrongType(field);
  }

  private writeUint32(field: JsonField, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw wrongType(field);
    if (field.kind === JSON_KIND.fixed32) this.out.fixed32(field.number, value);
    else this.out.uint32(field.number, value);
  }

  private writeInt({ kind, number }: JsonField): void {
    if (kind === JSON_KIND.int64) this.out.int64(number, this.int.high, this.int.low);
    else this.out.fixed64(number, this.int.high, this.int.low);
  }

  /** What is no hexadecimal, or too much of it, becomes one byte, which is the length of no id. */
  private writeId(field: JsonField, bytes: Buffer, start: number, end: number): void {
    const length = hexBytes(bytes, start, end, this.id.bytes);
    this.out.delimited(field.number, this.id, 0, length < 0 ? 1 : length);
  }
}

/** Writes the bytes of hexadecimal digits. @returns how many, or -1 when that is not what they are */
function hexBytes(digits: Buffer, start: number, end: number, bytes: Buffer): number {
  const length = (end - start) / 2;
  if (!Number.isInteger(length) || length > bytes.length) return -1;
  for (let index = 0, at = start; index < length; index++, at += 2) {
    const byte = hexByte(digits, at);
    if (byte < 0) return -1;
    bytes[index] = byte;
  }
  return length;
}

export function wrongType(field: JsonField): DecodeError {
  return new DecodeError(`${field.name} is not ${EXPECTED[field.kind]}`);
}
