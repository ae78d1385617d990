const HASHES_MAX = 2_000;

/** How many different values the calls of one statement had, told apart by hashes; only their number is of use. */
export class DistinctHashes {
  #unknown = false;
  #hashes: Set<number> | undefined;

  /**
   * @param hash 0 when the call did not show its values
   * @param room what all statements of a request have together, where that has to be bounded
   */
  add(hash: number, room?: HashRoom): void {
    if (this.#unknown || this.#hashes?.has(hash)) return;
    if (hash === 0 || room?.take() === false) this.#forget();
    else {
      this.#hashes ??= new Set();
      this.#hashes.add(hash);
      this.#bound();
    }
  }

  merge(other: DistinctHashes): void {
    if (other.#unknown) this.#forget();
    if (this.#unknown || other.#hashes === undefined) return;
    this.#hashes ??= new Set();
    for (const hash of other.#hashes) this.#hashes.add(hash);
    this.#bound();
  }

  /** -1 when unknown: some call did not show its values, or there were more than 2,000. */
  get count(): number {
    return this.#unknown ? -1 : (this.#hashes?.size ?? 0);
  }

  #bound(): void {
    if (this.#hashes!.size > HASHES_MAX) this.#forget();
  }

  #forget(): void {
    this.#unknown = true;
    this.#hashes = undefined;
  }
}

/** Hashes that one request may keep; a statement that finds none left has an unknown number of values. */
export class HashRoom {
  #left = HASHES_MAX;

  take(): boolean {
    return this.#left-- > 0;
  }
}

/** What is counted of one call. */
export interface TalliedCall {
  readonly durationNs: number;
  /** It neither failed nor asked for many at once. */
  readonly repeatable: boolean;
  /** Of its values, 32 bits; 0 when they are not known. */
  readonly valuesHash: number;
}

/** The calls of one statement on one loop path, added up. */
export class CallTally {
  calls = 0;
  /** Calls that make a loop: those that neither failed nor asked for many at once. */
  repeats = 0;
  durationNs = 0;
  durationNsMax = 0;
  readonly values = new DistinctHashes();

  add(call: TalliedCall, room?: HashRoom): void {
    this.calls++;
    if (call.repeatable) this.repeats++;
    this.durationNs += call.durationNs;
    if (call.durationNs > this.durationNsMax) this.durationNsMax = call.durationNs;
    this.values.add(call.valuesHash, room);
  }

  merge(other: CallTally): void {
    this.calls += other.calls;
    this.repeats += other.repeats;
    this.durationNs += other.durationNs;
    if (other.durationNsMax > this.durationNsMax) this.durationNsMax = other.durationNsMax;
    this.values.merge(other.values);
  }
}
