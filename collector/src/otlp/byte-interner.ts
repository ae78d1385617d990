import { type ByteSource, byteSource, ownBytes } from './byte-source.ts';
import { hashWords, sameWords } from './byte-words.ts';

/**
 * Values computed from text, remembered by the text's bytes, so that what repeats from span to span (services, routes,
 * statements) is turned into a string once. A fixed number of places, two for each text: a newcomer takes the first and
 * sends whoever was there to the second, so hostile input costs time and never memory.
 *
 * Spans of one kind have the same attributes in the same order, so what followed a text last time is tried first: a
 * comparison then, and no hash.
 */
export class ByteInterner<Value> {
  private readonly places: (Entry<Value> | undefined)[];
  private readonly create: Create<Value>;
  private readonly keyBytesMax: number;
  /** Where the text that was asked for last was found, and where the one after it may be. */
  private lastPlace = 0;
  private expectedPlace = 0;

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
    const { places, expectedPlace } = this;
    const expected = places[expectedPlace];
    if (expected !== undefined && isOf(expected, salt, source, start, end)) {
      this.lastPlace = expectedPlace;
      this.expectedPlace = expected.nextPlace;
      return expected.value;
    }
    const place = this.find(salt, source, start, end);
    const last = places[this.lastPlace];
    if (last !== undefined) last.nextPlace = place;
    const found = places[place]!;
    this.lastPlace = place;
    this.expectedPlace = found.nextPlace;
    return found.value;
  }

  /** The place of the text, which is created if it has none. */
  private find(salt: string, source: ByteSource, start: number, end: number): number {
    const { places } = this;
    const hash = hashWords(source.view, start, end);
    const first = hash & (places.length - 1);
    const entry = places[first];
    if (entry !== undefined && entry.hash === hash && isOf(entry, salt, source, start, end)) return first;
    const second = first ^ 1;
    const displaced = places[second];
    if (displaced !== undefined && displaced.hash === hash && isOf(displaced, salt, source, start, end)) return second;
    const { bytes, view } = byteSource(ownBytes(source.bytes.subarray(start, end)));
    const value = this.create(bytes.toString(), salt, bytes);
    places[second] = entry;
    places[first] = { hash, salt, length: end - start, view, value, nextPlace: first };
    return first;
  }
}

function isOf(entry: Entry<unknown>, salt: string, source: ByteSource, start: number, end: number) {
  return entry.length === end - start && entry.salt === salt && sameWords(entry.view, 0, source.view, start, end);
}

/** @param bytes those of `text`, which differs from them where they are no UTF-8 */
type Create<Value> = (text: string, salt: string, bytes: Buffer) => Value;

interface Entry<Value> {
  readonly hash: number;
  readonly salt: string;
  readonly length: number;
  readonly view: DataView;
  readonly value: Value;
  /** Where the text was found that followed this one last time. */
  nextPlace: number;
}
