import { hexOfWord } from './span-id.ts';

/**
 * The traces in memory, each by a small number that it keeps as long as it is there, with what is known of it in columns
 * outside the heap. Found by the 128 bits of its id.
 */
export class TraceIndex {
  readonly tracesMax: number;
  count = 0;
  /** Four words a trace. */
  readonly id: Uint32Array;
  /** Row that came last, -1 for none; the others are chained behind it. */
  readonly lastRow: Int32Array;
  readonly rows: Uint32Array;
  /** Rows taken since the trace is here: changes whenever something comes. */
  readonly revision: Uint32Array;
  /** 1 when something of it is, or may be, in the store and not here. */
  readonly isPartial: Uint8Array;
  /** Position in the list of those that wait to be derived, -1 when it does not. */
  readonly pendingAt: Int32Array;
  /** Since the how manieth row taken it waits. */
  readonly pendingFrom: Float64Array;
  /** When the last of it arrived, milliseconds. */
  readonly seenMs: Float64Array;
  /** Time of insertion of the last of it. */
  readonly seenAtMs: Float64Array;
  /** 1 when something of it is counted here, not in an instrumented entry span's table. */
  readonly isCounted: Uint8Array;
  /** Time of insertion of the first that arrived since it was derived. */
  readonly sinceMs: Float64Array;
  /** When it first waited, to bound its patience. */
  readonly waitingSinceMs: Float64Array;
  /** First start and last end of its spans, milliseconds since the epoch. */
  readonly fromMs: Float64Array;
  readonly untilMs: Float64Array;
  readonly #next: Int32Array;
  readonly #buckets: Int32Array;
  readonly #free: Int32Array;
  #freeCount = 0;
  #used = 0;

  constructor(tracesMax: number) {
    this.tracesMax = tracesMax;
    this.id = new Uint32Array(tracesMax * 4);
    this.lastRow = new Int32Array(tracesMax);
    this.rows = new Uint32Array(tracesMax);
    this.revision = new Uint32Array(tracesMax);
    this.isPartial = new Uint8Array(tracesMax);
    this.pendingAt = new Int32Array(tracesMax);
    this.pendingFrom = new Float64Array(tracesMax);
    this.seenMs = new Float64Array(tracesMax);
    this.seenAtMs = new Float64Array(tracesMax);
    this.isCounted = new Uint8Array(tracesMax);
    this.sinceMs = new Float64Array(tracesMax);
    this.waitingSinceMs = new Float64Array(tracesMax);
    this.fromMs = new Float64Array(tracesMax);
    this.untilMs = new Float64Array(tracesMax);
    this.#next = new Int32Array(tracesMax);
    this.#buckets = new Int32Array(2 ** Math.ceil(Math.log2(tracesMax))).fill(-1);
    this.#free = new Int32Array(tracesMax);
  }

  get isFull(): boolean {
    return this.count >= this.tracesMax;
  }

  /** The trace with the id in `words[at..at+4)`; -1 when it is not here. */
  find(words: Uint32Array, at: number): number {
    const { id } = this;
    for (let trace = this.#buckets[this.#bucketOf(words, at)]!; trace >= 0; trace = this.#next[trace]!) {
      const own = trace * 4;
      if (
        id[own] === words[at] &&
        id[own + 1] === words[at + 1] &&
        id[own + 2] === words[at + 2] &&
        id[own + 3] === words[at + 3]
      ) {
        return trace;
      }
    }
    return -1;
  }

  /** Adds one that is not here yet; there must be room. */
  add(words: Uint32Array, at: number): number {
    const trace = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#used++;
    this.count++;
    for (let word = 0; word < 4; word++) this.id[trace * 4 + word] = words[at + word]!;
    const bucket = this.#bucketOf(words, at);
    this.#next[trace] = this.#buckets[bucket]!;
    this.#buckets[bucket] = trace;
    this.lastRow[trace] = -1;
    this.rows[trace] = 0;
    this.revision[trace] = 0;
    this.isPartial[trace] = 0;
    this.isCounted[trace] = 0;
    this.pendingAt[trace] = -1;
    this.fromMs[trace] = Number.POSITIVE_INFINITY;
    this.untilMs[trace] = Number.NEGATIVE_INFINITY;
    return trace;
  }

  remove(trace: number): void {
    const bucket = this.#bucketOf(this.id, trace * 4);
    let before = -1;
    for (let at = this.#buckets[bucket]!; at !== trace; at = this.#next[at]!) before = at;
    if (before < 0) this.#buckets[bucket] = this.#next[trace]!;
    else this.#next[before] = this.#next[trace]!;
    this.rows[trace] = 0;
    this.#free[this.#freeCount++] = trace;
    this.count--;
  }

  /** All that are here. */
  *all(): Generator<number> {
    for (let trace = 0; trace < this.#used; trace++) if (this.rows[trace]! > 0) yield trace;
  }

  /** 32 hex digits. */
  hexOf(trace: number): string {
    const { id } = this;
    const at = trace * 4;
    return hexOfWord(id[at]!) + hexOfWord(id[at + 1]!) + hexOfWord(id[at + 2]!) + hexOfWord(id[at + 3]!);
  }

  #bucketOf(words: Uint32Array, at: number): number {
    let hash = Math.imul(words[at]!, 0x9e3779b1) ^ words[at + 1]!;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ words[at + 2]!;
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ words[at + 3]!;
    hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
    return (hash ^ (hash >>> 15)) & (this.#buckets.length - 1);
  }
}
