import type { Store } from './store.ts';

/** Where its times are kept; of two rows of a key the later stands. */
const STAMPS = [
  ['spans', 'inserted_at'],
  ['log_exceptions', 'inserted_at'],
  ['request_queries', 'inserted_at'],
  ['exceptions', 'inserted_at'],
  ['request_minutely', 'computed_at'],
  ['query_minutely', 'computed_at'],
  ['finding_minutely', 'computed_at'],
  ['request_hourly', 'computed_at'],
  ['query_hourly', 'computed_at'],
  ['progress', 'updated_at'],
] as const;

/**
 * Gives each insertion of this process a time of its own, in milliseconds, later than every one before. Only where this
 * process is the only one that writes (the embedded engine): then whoever saw the insertions of one process knows them
 * all, and a single time says what of them is worked on.
 */
export class ArrivalClock {
  /** What earlier processes stored was inserted before this, what this one stores not. */
  readonly startedAtMs: number;
  #lastMs: number;

  private constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
    this.#lastMs = startedAtMs - 1;
  }

  /** Starts after everything stored, though the machine's clock may have been set back since. */
  static async open(store: Store): Promise<ArrivalClock> {
    const nowMs = Date.now();
    const latest = await Promise.all(
      STAMPS.map(async ([table, column]) => {
        const [row] = await store.query<{ latestMs: number }>(
          `SELECT toUnixTimestamp64Milli(max(${column})) AS latestMs FROM ${store.database}.${table}
           WHERE ${column} >= fromUnixTimestamp64Milli({nowMs:Int64})`,
          { nowMs },
        );
        return row?.latestMs ?? 0;
      }),
    );
    return new ArrivalClock(Math.max(nowMs, ...latest.map((latestMs) => latestMs + 1)));
  }

  /** The next insertion's time. */
  next(): number {
    this.#lastMs = Math.max(this.#lastMs + 1, Date.now());
    return this.#lastMs;
  }
}
