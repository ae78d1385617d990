import type { ByteColumn } from './byte-column.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { VALUE_BYTES_MAX, VALUE_DEPTH_MAX } from './limits.ts';
import { checkArray, checkList } from './nested-values.ts';
import type { WireReader } from './wire-reader.ts';

export const VALUE_KIND = { none: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, list: 6, bytes: 7 } as const;
export type ValueKind = (typeof VALUE_KIND)[keyof typeof VALUE_KIND];

/** Stands for an array, a list or bytes that would have to be cut in the middle. */
const TOO_LONG = '…';

/**
 * One AnyValue, read without making an object of it: strings, bytes, arrays and lists are the place `[start, end)` in
 * the request, whole numbers two halves.
 */
export class AttributeValue {
  kind: ValueKind = VALUE_KIND.none;
  start = 0;
  end = 0;
  low = 0;
  high = 0;
  double = 0;

  /**
   * Reads the AnyValue that the cursor is in, to its end; of several values the last stands. What is inside an array or
   * list is checked, so that nothing is found wrong with it later.
   */
  read(reader: WireReader, depth = 0): void {
    while (reader.more()) {
      switch (reader.tag()) {
        case 10:
          this.place(VALUE_KIND.string, reader);
          break;
        case 16:
          this.kind = VALUE_KIND.bool;
          this.low = (reader.varint() | reader.high) === 0 ? 0 : 1;
          break;
        case 24:
          this.kind = VALUE_KIND.int;
          this.low = reader.varint();
          this.high = reader.high;
          break;
        case 33:
          this.kind = VALUE_KIND.double;
          this.double = reader.double();
          break;
        case 42:
          this.place(VALUE_KIND.array, reader);
          checkArray(reader, this.start, this.end, depth);
          break;
        case 50:
          this.place(VALUE_KIND.list, reader);
          checkList(reader, this.start, this.end, depth);
          break;
        case 58:
          this.place(VALUE_KIND.bytes, reader);
          break;
        default:
          reader.skip();
      }
    }
  }

  /** Takes the text `[start, end)`. */
  setText(start: number, end: number): void {
    this.kind = VALUE_KIND.string;
    this.start = start;
    this.end = end;
  }

  assign(other: AttributeValue): void {
    this.kind = other.kind;
    this.start = other.start;
    this.end = other.end;
    this.low = other.low;
    this.high = other.high;
    this.double = other.double;
  }

  clear(): void {
    this.kind = VALUE_KIND.none;
  }

  /** A whole number as a double, exact up to 2^53; a double as it is; other kinds are NaN. */
  number(): number {
    if (this.kind === VALUE_KIND.double) return this.double;
    return this.kind === VALUE_KIND.int ? signed(this.high, this.low) : Number.NaN;
  }

  /** Writes the value as text: strings as they are, arrays and lists as JSON, bytes as base64, no value as ''. */
  write(reader: WireReader, column: ByteColumn, bytesMax: number, counts: DecodeCounts): void {
    if (this.kind === VALUE_KIND.none) column.empty();
    else if (this.kind === VALUE_KIND.string) column.text(reader, this.start, this.end, bytesMax, counts);
    else if (this.kind === VALUE_KIND.int && this.high === 0) column.integer(this.low);
    else if (this.kind >= VALUE_KIND.array && this.end - this.start > bytesMax) {
      column.string(TOO_LONG, bytesMax);
      counts.cutValues++;
    } else column.string(this.text(reader), bytesMax, counts);
  }

  /** The value as text, for where a string is needed; read no further than {@link VALUE_BYTES_MAX}. */
  text(reader: WireReader): string {
    const { kind, start } = this;
    const end = Math.min(this.end, start + VALUE_BYTES_MAX);
    if (kind === VALUE_KIND.none) return '';
    if (kind === VALUE_KIND.string) return reader.bytes.toString('utf8', start, end);
    if (kind === VALUE_KIND.bytes) return reader.bytes.toString('base64', start, end);
    if (kind === VALUE_KIND.double) return String(this.double);
    return end < this.end ? TOO_LONG : this.json(reader, 0);
  }

  /** The value as JSON: 64-bit numbers with all their digits, NaN and infinities as strings. */
  json(reader: WireReader, depth: number): string {
    switch (this.kind) {
      case VALUE_KIND.string:
        return JSON.stringify(reader.bytes.toString('utf8', this.start, this.end));
      case VALUE_KIND.bool:
        return this.low === 1 ? 'true' : 'false';
      case VALUE_KIND.int:
        return intText(this.high, this.low);
      case VALUE_KIND.double:
        return Number.isFinite(this.double) ? String(this.double) : `"${this.double}"`;
      case VALUE_KIND.bytes:
        return `"${reader.bytes.toString('base64', this.start, this.end)}"`;
      case VALUE_KIND.array:
        return depth >= VALUE_DEPTH_MAX ? 'null' : this.arrayJson(reader, depth);
      case VALUE_KIND.list:
        return depth >= VALUE_DEPTH_MAX ? 'null' : this.listJson(reader, depth);
      case VALUE_KIND.none:
        return 'null';
    }
  }

  private arrayJson(reader: WireReader, depth: number): string {
    const elements: string[] = [];
    const element = new AttributeValue();
    within(reader, this.start, this.end, () => {
      while (reader.more()) {
        if (reader.tag() !== 10) {
          reader.skip();
          continue;
        }
        const outer = reader.enter();
        element.clear();
        element.read(reader, VALUE_DEPTH_MAX);
        elements.push(element.json(reader, depth + 1));
        reader.leave(outer);
      }
    });
    return `[${elements.join(',')}]`;
  }

  private listJson(reader: WireReader, depth: number): string {
    const members: string[] = [];
    within(reader, this.start, this.end, () => {
      while (reader.more()) {
        if (reader.tag() === 10) members.push(keyValueJson(reader, depth + 1));
        else reader.skip();
      }
    });
    return `{${members.join(',')}}`;
  }

  private place(kind: ValueKind, reader: WireReader): void {
    this.kind = kind;
    this.start = reader.delimited();
    this.end = reader.at;
  }
}

/** Reads the KeyValue message that comes next as a member of a JSON object, `"key":value`. */
export function keyValueJson(reader: WireReader, depth: number): string {
  const outer = reader.enter();
  const value = new AttributeValue();
  let key = '';
  while (reader.more()) {
    switch (reader.tag()) {
      case 10: {
        const start = reader.delimited();
        key = reader.bytes.toString('utf8', start, reader.at);
        break;
      }
      case 18: {
        const outerOfValue = reader.enter();
        value.read(reader, depth);
        reader.leave(outerOfValue);
        break;
      }
      default:
        reader.skip();
    }
  }
  reader.leave(outer);
  return `${JSON.stringify(key)}:${value.json(reader, depth)}`;
}

/** Runs `read` with the cursor inside `[start, end)` and puts it back where it was. */
function within(reader: WireReader, start: number, end: number, read: () => void): void {
  const { at } = reader;
  const outer = reader.enterAt(start, end);
  read();
  reader.at = at;
  reader.limit = outer;
}

function signed(high: number, low: number): number {
  return (high | 0) * 2 ** 32 + low;
}

function intText(high: number, low: number): string {
  const value = signed(high, low);
  if (Number.isSafeInteger(value)) return String(value);
  return String(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
}
