/** Rows that came in one insertion (those of one millisecond), and under which key: '' or what the table is split by. */
export interface Arrival {
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly atMs: number;
  readonly key: string;
  readonly rows: number;
}

/** An insertion is stamped when it begins and seen when it is done: one that takes longer than this is missed. */
const VISIBILITY_LAG_MAX_MS = 120_000;

/**
 * Which insertions into a table have not been worked on yet. Goes by the time of arrival, never by the clocks of spans.
 *
 * Each look reads again what came up to two minutes before the position, because an insertion is visible later than its
 * stamp; what was worked on is remembered for that long, with its number of rows, so that nothing is done twice and
 * nothing that became visible late is left out. After a restart the position is known but not what lies in those two
 * minutes: it is done again, which changes nothing, because every result is written whole.
 */
export class Arrivals {
  #positionMs: number;
  readonly #done = new Map<string, Arrival>();

  /** @param positionMs as {@link positionMs} was when it was last recorded, 0 at the very first start */
  constructor(positionMs: number) {
    this.#positionMs = positionMs;
  }

  /** Everything that arrived before this is done, but for what was not visible yet. */
  get positionMs(): number {
    return this.#positionMs;
  }

  /** Since when to look. */
  get fromMs(): number {
    return Math.max(0, this.#positionMs - VISIBILITY_LAG_MAX_MS);
  }

  /** @param seen all arrivals since {@link fromMs} @returns those to work on, oldest first */
  fresh<A extends Arrival>(seen: readonly A[]): A[] {
    return seen
      .filter((arrival) => this.#done.get(idOf(arrival))?.rows !== arrival.rows)
      .sort((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1));
  }

  /**
   * Notes what was done, and moves the position up to the first that was not.
   *
   * @param rest fresh arrivals that were left for later
   */
  done(arrivals: readonly Arrival[], rest: readonly Arrival[]): void {
    for (const arrival of arrivals) {
      this.#done.set(idOf(arrival), arrival);
      this.#positionMs = Math.max(this.#positionMs, arrival.atMs);
    }
    for (const arrival of rest) this.#positionMs = Math.min(this.#positionMs, arrival.atMs);
    const fromMs = this.fromMs;
    for (const [id, arrival] of this.#done) if (arrival.atMs < fromMs) this.#done.delete(id);
  }
}

function idOf(arrival: Arrival): string {
  return `${arrival.atMs} ${arrival.key}`;
}
