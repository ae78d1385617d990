export interface SeenTracesOptions {
  /** Each holds 1.4 million ids in 4 MiB. @default 6 */
  readonly generationsMax?: number;
  /** @default 1_400_000 */
  readonly idsPerGeneration?: number;
}

const WORDS_PER_GENERATION = 1 << 20;
const WORDS_PER_BLOCK = 16;
/** Bits set for an id, all in one block of 512, so that a look costs one cache line. */
const BITS_PER_ID = 8;

/**
 * Ids of traces that were in memory and are not, or not wholly, any more. It may say yes of an id that it never saw (about
 * one in thirty thousand in each generation, at 24 bits an id), which costs a look into the store; it never says no of one that
 * it holds. When it is full, the oldest generation is forgotten, and {@link forgottenUntilMs} says what went with it.
 */
export class SeenTraces {
  /** Of what arrived up to this moment an id may be missing here, milliseconds since the epoch. */
  forgottenUntilMs = Number.NEGATIVE_INFINITY;
  readonly #generations: { readonly bits: Uint32Array; ids: number; newestMs: number }[] = [];
  readonly #generationsMax: number;
  readonly #idsPerGeneration: number;

  constructor({ generationsMax = 6, idsPerGeneration = 1_400_000 }: SeenTracesOptions = {}) {
    this.#generationsMax = generationsMax;
    this.#idsPerGeneration = idsPerGeneration;
  }

  /** How many ids there is room for. */
  get idsMax(): number {
    return this.#generationsMax * this.#idsPerGeneration;
  }

  /** @param id four words of 32 bits from `at` on  @param atMs not before the arrival of anything of the trace that is not in memory */
  add(id: Uint32Array, at: number, atMs: number): void {
    let generation = this.#generations.at(-1);
    if (generation === undefined || generation.ids >= this.#idsPerGeneration) generation = this.#rotate();
    generation.ids++;
    if (atMs > generation.newestMs) generation.newestMs = atMs;
    const { bits } = generation;
    const block = blockOf(id, at);
    let mixed = bitsOf(id, at);
    for (let bit = 0; bit < BITS_PER_ID; bit++) {
      mixed = Math.imul(mixed, 0x9e3779b1) + 0x7f4a7c15;
      const position = mixed >>> 23;
      bits[block + (position >>> 5)]! |= 1 << (position & 31);
    }
  }

  has(id: Uint32Array, at: number): boolean {
    if (this.#generations.length === 0) return false;
    const block = blockOf(id, at);
    const first = bitsOf(id, at);
    for (let index = this.#generations.length - 1; index >= 0; index--) {
      if (isSet(this.#generations[index]!.bits, block, first)) return true;
    }
    return false;
  }

  #rotate() {
    if (this.#generations.length >= this.#generationsMax) {
      const { bits, newestMs } = this.#generations.shift()!;
      this.forgottenUntilMs = Math.max(this.forgottenUntilMs, newestMs);
      bits.fill(0);
      this.#generations.push({ bits, ids: 0, newestMs: 0 });
    } else {
      this.#generations.push({ bits: new Uint32Array(WORDS_PER_GENERATION), ids: 0, newestMs: 0 });
    }
    return this.#generations.at(-1)!;
  }
}

function isSet(bits: Uint32Array, block: number, first: number): boolean {
  let mixed = first;
  for (let bit = 0; bit < BITS_PER_ID; bit++) {
    mixed = Math.imul(mixed, 0x9e3779b1) + 0x7f4a7c15;
    const position = mixed >>> 23;
    if ((bits[block + (position >>> 5)]! & (1 << (position & 31))) === 0) return false;
  }
  return true;
}

/** Some ids are a clock and a counter, so every bit is mixed into every other. */
function blockOf(id: Uint32Array, at: number): number {
  return (mix(id[at]! ^ mix(id[at + 1]! ^ mix(id[at + 2]! ^ mix(id[at + 3]! ^ 0x2545f491)))) >>> 16) * WORDS_PER_BLOCK;
}

function bitsOf(id: Uint32Array, at: number): number {
  return mix(id[at + 3]! ^ mix(id[at + 2]! ^ mix(id[at + 1]! ^ mix(id[at]! ^ 0x1b873593))));
}

function mix(half: number): number {
  let h = half ^ (half >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
