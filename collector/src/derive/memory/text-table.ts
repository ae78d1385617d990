import { randomInt } from 'node:crypto';

export interface TextTableOptions {
  /** Bytes of all texts. @default 8 MiB */
  readonly bytesMax?: number;
  /** @default 262144 */
  readonly textsMax?: number;
}

/**
 * Texts by number, each kept once, outside the heap: spans repeat their names, services and statements without end. A text
 * is found by its bytes, so that no string is made of one that is there already. 0 is the empty text.
 *
 * The table does not know who holds a number; whoever asks for it says up to when it is used, in a count that grows, and
 * {@link sweep} forgets the rest.
 */
export class TextTable {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #view = viewOf(this.#bytes);
  #bytesUsed = 0;
  #count = 1;
  #starts = new Uint32Array(1024);
  #lengths = new Uint32Array(1024);
  #hashes = new Int32Array(1024);
  #next = new Int32Array(1024);
  #usedAt = new Float64Array(1024);
  #buckets = new Int32Array(1024);
  #free: number[] = [];
  #strings: (string | undefined)[] = [''];
  readonly #scratch = Buffer.alloc(32);
  readonly #scratchView = viewOf(this.#scratch);
  readonly #bytesMax: number;
  readonly #textsMax: number;
  /** So that nobody can send texts that all fall into one bucket. */
  readonly #seed = randomInt(2 ** 31);

  constructor({ bytesMax = 8 << 20, textsMax = 1 << 18 }: TextTableOptions = {}) {
    this.#bytesMax = bytesMax;
    this.#textsMax = textsMax;
  }

  /** The number of `source[start..end)`; -1 when there is no room. `view` is over the same bytes. */
  idOf(source: Buffer, view: DataView, start: number, end: number, usedAt: number): number {
    if (start === end) return 0;
    const hash = hashOf(source, view, start, end, this.#seed);
    const length = end - start;
    for (let id = this.#buckets[hash & (this.#buckets.length - 1)]!; id !== 0; id = this.#next[id]!) {
      if (this.#hashes[id] === hash && this.#lengths[id] === length && this.#equals(id, source, start, end)) {
        this.#usedAt[id] = usedAt;
        return id;
      }
    }
    return this.#add(source, start, end, hash, usedAt);
  }

  /** The number of a few numbers (at most eight) together. */
  idOfTuple(values: readonly number[], usedAt: number): number {
    for (let index = 0; index < values.length; index++) this.#scratchView.setUint32(index * 4, values[index]!, true);
    return this.idOf(this.#scratch, this.#scratchView, 0, values.length * 4, usedAt);
  }

  member(id: number, index: number): number {
    return id === 0 ? 0 : this.#view.getUint32(this.#starts[id]! + index * 4, true);
  }

  text(id: number): string {
    let text = this.#strings[id];
    if (text === undefined) {
      const start = this.#starts[id]!;
      text = this.#bytes.toString('utf8', start, start + this.#lengths[id]!);
      this.#strings[id] = text;
    }
    return text;
  }

  /** Forgets what was last used before; the numbers of the others stay. @returns whether there is much room now */
  sweep(usedSince: number): boolean {
    const bytes = this.#bytes;
    const kept = Buffer.allocUnsafeSlow(bytes.length);
    this.#bytesUsed = 0;
    this.#free = [];
    this.#strings = [''];
    this.#buckets.fill(0);
    for (let id = 1; id < this.#count; id++) {
      if (this.#usedAt[id]! < usedSince) {
        this.#usedAt[id] = Number.NEGATIVE_INFINITY;
        this.#free.push(id);
        continue;
      }
      const start = this.#starts[id]!;
      bytes.copy(kept, this.#bytesUsed, start, start + this.#lengths[id]!);
      this.#starts[id] = this.#bytesUsed;
      this.#bytesUsed += this.#lengths[id]!;
      this.#chain(id);
    }
    this.#bytes = kept;
    this.#view = viewOf(kept);
    const texts = this.#count - this.#free.length;
    return texts < this.#textsMax / 2 && this.#bytesUsed < this.#bytesMax / 2;
  }

  #add(source: Buffer, start: number, end: number, hash: number, usedAt: number): number {
    const length = end - start;
    if (this.#bytesUsed + length > this.#bytesMax) return -1;
    if (this.#free.length === 0 && this.#count >= this.#textsMax) return -1;
    if (this.#bytesUsed + length > this.#bytes.length) this.#growBytes(length);
    const id = this.#free.pop() ?? this.#count++;
    if (id >= this.#starts.length) this.#growTexts();
    source.copy(this.#bytes, this.#bytesUsed, start, end);
    this.#starts[id] = this.#bytesUsed;
    this.#lengths[id] = length;
    this.#hashes[id] = hash;
    this.#usedAt[id] = usedAt;
    this.#bytesUsed += length;
    this.#chain(id);
    return id;
  }

  #chain(id: number): void {
    const bucket = this.#hashes[id]! & (this.#buckets.length - 1);
    this.#next[id] = this.#buckets[bucket]!;
    this.#buckets[bucket] = id;
  }

  #equals(id: number, source: Buffer, start: number, end: number): boolean {
    const bytes = this.#bytes;
    const own = this.#starts[id]!;
    if (end - start > 64) return bytes.compare(source, start, end, own, own + end - start) === 0;
    for (let at = start, to = own; at < end; at++, to++) if (source[at] !== bytes[to]) return false;
    return true;
  }

  #growBytes(length: number): void {
    const size = Math.max(this.#bytes.length * 2, this.#bytesUsed + length);
    const grown = Buffer.allocUnsafeSlow(Math.min(size, Math.max(this.#bytesMax, this.#bytesUsed + length)));
    this.#bytes.copy(grown, 0, 0, this.#bytesUsed);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }

  #growTexts(): void {
    const size = this.#starts.length * 2;
    this.#starts = grown(this.#starts, new Uint32Array(size));
    this.#lengths = grown(this.#lengths, new Uint32Array(size));
    this.#hashes = grown(this.#hashes, new Int32Array(size));
    this.#usedAt = grown(this.#usedAt, new Float64Array(size));
    this.#next = new Int32Array(size);
    this.#buckets = new Int32Array(size);
    for (let id = 1; id < this.#count - 1; id++) this.#chain(id);
  }
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function grown<Numbers extends Uint32Array | Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

function hashOf(source: Buffer, view: DataView, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ source[at]!, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
