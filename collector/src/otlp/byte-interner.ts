import { type ByteSource, byteSource } from './byte-source.ts';
import { hashWords, sameWords } from './byte-words.ts';

/**
 * Values computed from text, remembered by the text's bytes, so that what repeats from span to span (services, routes,
 * statements) is turned into a string once. A fixed number of places, two for each text: a newcomer takes the first and
 * sends whoever was there to the second, so hostile input costs time and never memory.
 */
export class ByteInterner<Value> {
  private readonly places: (Entry<Value> | undefined)[];
  private readonly create: Create<Value>;
  private readonly keyBytesMax: number;

  /** @param places rounded up to a power of two */
  constructor(create: Create<Value>, places = 4_096, keyBytesMax = 2_048) {
    this.create = create;
    this.keyBytesMax = keyBytesMax;
    this.places = new Array(2 ** Math.ceil(Math.log2(places))).fill(undefined);
  }

  /** The value for `[start, end)` as UTF-8; the same bytes under another salt are another text. */
  get(source: ByteSource, start: number, end: number, salt = ''): Value {
    const length = end - start;
    if (length > this.keyBytesMax) {
      const bytes = source.bytes.subarray(start, end);
      return this.create(bytes.toString(), salt, bytes);
    }
    const hash = hashWords(source.view, start, end);
    const first = hash & (this.places.length - 1);
    const entry = this.places[first];
    if (entry !== undefined && isOf(entry, hash, salt, source, start, end)) return entry.value;
    const displaced = this.places[first ^ 1];
    if (displaced !== undefined && isOf(displaced, hash, salt, source, start, end)) return displaced.value;
    const { bytes, view } = byteSource(Buffer.from(source.bytes.subarray(start, end)));
    const value = this.create(bytes.toString(), salt, bytes);
    this.places[first ^ 1] = entry;
    this.places[first] = { hash, salt, length, view, value };
    return value;
  }
}

function isOf(entry: Entry<unknown>, hash: number, salt: string, source: ByteSource, start: number, end: number) {
  return (
    entry.hash === hash &&
    entry.length === end - start &&
    entry.salt === salt &&
    sameWords(entry.view, 0, source.view, start, end)
  );
}

/** @param bytes those of `text`, which differs from them where they are no UTF-8 */
type Create<Value> = (text: string, salt: string, bytes: Buffer) => Value;

interface Entry<Value> {
  readonly hash: number;
  readonly salt: string;
  readonly length: number;
  readonly view: DataView;
  readonly value: Value;
}
