import type { Store } from '../store/store.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import type { DerivedRows } from './derive-trace.ts';

const ROWS_PER_INSERT = 5_000;

/** Collects derived rows and inserts them in batches, each with its own time of insertion. */
export class RowWriter {
  queries = 0;
  exceptions = 0;
  readonly #store: Store;
  readonly #stampMs: () => number;
  #pendingQueries: object[] = [];
  #pendingExceptions: object[] = [];

  /** @param stampMs later each time it is asked: of two rows of one key the one inserted last stands */
  constructor(store: Store, stampMs: () => number) {
    this.#store = store;
    this.#stampMs = stampMs;
  }

  async add(derived: DerivedRows): Promise<void> {
    this.#pendingQueries.push(...derived.queries);
    this.#pendingExceptions.push(...derived.exceptions);
    if (this.#pendingQueries.length + this.#pendingExceptions.length >= ROWS_PER_INSERT) await this.flush();
  }

  async flush(): Promise<void> {
    const inserted_at = clickhouseTime(this.#stampMs());
    const queries = this.#pendingQueries.map((row) => ({ ...row, inserted_at }));
    const exceptions = this.#pendingExceptions.map((row) => ({ ...row, inserted_at }));
    this.#pendingQueries = [];
    this.#pendingExceptions = [];
    await this.#store.insertRows('request_queries', queries);
    await this.#store.insertRows('exceptions', exceptions);
    this.queries += queries.length;
    this.exceptions += exceptions.length;
  }
}
