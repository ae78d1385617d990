import type { Fingerprint } from '@profiler/analysis';

/**
 * Statements that were slow once. The line that called a slow query is long gone when the query turns out to be slow,
 * so the next request that calls the statement has it captured.
 */
export class SlowStatements {
  readonly #thresholdNs: number;
  readonly #ids = new Set<string>();

  constructor(thresholdNs: number) {
    this.#thresholdNs = thresholdNs;
  }

  note({ hex }: Fingerprint, durationNs: number): void {
    if (durationNs >= this.#thresholdNs && this.#ids.size < STATEMENTS_MAX) this.#ids.add(hex);
  }

  has({ hex }: Fingerprint): boolean {
    return this.#ids.size > 0 && this.#ids.has(hex);
  }
}

const STATEMENTS_MAX = 256;
