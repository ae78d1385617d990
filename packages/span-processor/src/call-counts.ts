import type { Fingerprint } from '@profiler/analysis';

/**
 * How often the app has called each statement in this request so far, and how often the caller's line was captured.
 * Calls are counted when they are made, not when they end, so that calls made side by side arm the capture too.
 */
export class CallCounts {
  readonly #counts = new Map<Fingerprint, { calls: number; captures: number }>();

  /** @returns the number of this call, from 1; 0 when the request runs more different statements than are followed */
  count(fingerprint: Fingerprint): number {
    const known = this.#counts.get(fingerprint);
    if (known !== undefined) return ++known.calls;
    if (this.#counts.size >= STATEMENTS_MAX) return 0;
    this.#counts.set(fingerprint, { calls: 1, captures: 0 });
    return 1;
  }

  /** A stack costs some ten microseconds: a statement that loops over spans of its own is captured a few times only. */
  mayCapture(fingerprint: Fingerprint): boolean {
    const known = this.#counts.get(fingerprint);
    if (known === undefined || known.captures >= CAPTURES_MAX) return false;
    known.captures++;
    return true;
  }
}

const STATEMENTS_MAX = 500;
const CAPTURES_MAX = 4;
