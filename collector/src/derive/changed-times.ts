/**
 * Minutes, or hours, whose rows changed and were not computed since; and by time of insertion, how far all is computed. What is
 * taken for computing counts as changed until it is done: an interrupted computation is done again.
 */
export class ChangedTimes {
  /** By time (epoch seconds), when the first change was inserted (epoch milliseconds). */
  #waiting = new Map<number, number>();
  #taken = new Map<number, number>();
  #positionMs = 0;

  /** Waiting to be computed. */
  get times(): IterableIterator<number> {
    return this.#waiting.keys();
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Everything inserted up to this is computed, in epoch milliseconds. */
  get positionMs(): number {
    let positionMs = this.#positionMs;
    for (const first of [this.#waiting, this.#taken]) {
      for (const firstMs of first.values()) positionMs = Math.min(positionMs, firstMs - 1);
    }
    return positionMs;
  }

  /** What was inserted up to then is known. */
  knownUntil(positionMs: number): void {
    this.#positionMs = Math.max(this.#positionMs, positionMs);
  }

  add(time: number, insertedAtMs: number): void {
    this.knownUntil(insertedAtMs);
    this.#waiting.set(time, Math.min(insertedAtMs, this.#waiting.get(time) ?? insertedAtMs));
  }

  /** Takes the given of those that wait; those that change from now on wait again. */
  take(times: readonly number[]): void {
    for (const time of times) {
      this.#taken.set(time, this.#waiting.get(time)!);
      this.#waiting.delete(time);
    }
  }

  /** What was taken is computed. */
  done(): void {
    this.#taken.clear();
  }

  /** What was taken was not computed, or only in part. */
  putBack(): void {
    const taken = this.#taken;
    this.#taken = new Map();
    for (const [time, firstMs] of taken) this.add(time, firstMs);
  }
}
