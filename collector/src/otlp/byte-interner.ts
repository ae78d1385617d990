/**
 * Values computed from text, remembered by the text's bytes, so that what repeats from span to span (services, routes,
 * statements) is turned into a string once. A fixed number of places; a newcomer takes its place from whoever is there,
 * so hostile input costs time and never memory.
 */
export class ByteInterner<Value> {
  private readonly places: (Entry<Value> | undefined)[];
  private readonly create: (text: string, salt: string) => Value;
  private readonly keyBytesMax: number;

  /** @param places rounded up to a power of two */
  constructor(create: (text: string, salt: string) => Value, places = 4_096, keyBytesMax = 2_048) {
    this.create = create;
    this.keyBytesMax = keyBytesMax;
    this.places = new Array(2 ** Math.ceil(Math.log2(places))).fill(undefined);
  }

  /** The value for `source[start..end)` as UTF-8; the same bytes under another salt are another text. */
  get(source: Buffer, start: number, end: number, salt = ''): Value {
    const length = end - start;
    if (length > this.keyBytesMax) return this.create(source.toString('utf8', start, end), salt);
    const hash = hashOf(source, start, end);
    const place = (hash ^ (hash >>> 15)) & (this.places.length - 1);
    const entry = this.places[place];
    if (entry !== undefined && entry.hash === hash && entry.salt === salt && same(entry.bytes, source, start, length)) {
      return entry.value;
    }
    const bytes = Buffer.from(source.subarray(start, end));
    const value = this.create(bytes.toString('utf8'), salt);
    this.places[place] = { hash, salt, bytes, value };
    return value;
  }
}

interface Entry<Value> {
  readonly hash: number;
  readonly salt: string;
  readonly bytes: Buffer;
  readonly value: Value;
}

function hashOf(source: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + source[at]!) | 0;
  return hash;
}

function same(known: Buffer, source: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let at = 0; at < length; at++) if (known[at] !== source[start + at]) return false;
  return true;
}
