/** What waits longer than this for the rest of its trace is given up (and counted). */
export const WAITING_MS_MAX = 15 * 60_000;
const TRACES_MAX = 10_000;

/** Traces with queries or exceptions whose chain of parents is not complete yet. */
export class WaitingTraces {
  readonly #traces = new Map<string, { readonly unattributed: number; readonly sinceMs: number }>();
  /** Queries and exceptions that were given up since the start. */
  givenUp = 0;

  /** Queries and exceptions that wait. */
  get unattributed(): number {
    let sum = 0;
    for (const trace of this.#traces.values()) sum += trace.unattributed;
    return sum;
  }

  /** When the trace that has waited longest began to; undefined when none waits. */
  get sinceMs(): number | undefined {
    let oldest: number | undefined;
    for (const { sinceMs } of this.#traces.values()) oldest = Math.min(oldest ?? sinceMs, sinceMs);
    return oldest;
  }

  /** Traces that wait. */
  get size(): number {
    return this.#traces.size;
  }

  has(traceId: string): boolean {
    return this.#traces.has(traceId);
  }

  /** Notes what a trace lacks after it was derived, 0 for nothing. */
  note(traceId: string, unattributed: number, sinceMs: number): void {
    if (unattributed === 0 && this.#traces.size === 0) return;
    const before = this.#traces.get(traceId);
    this.#traces.delete(traceId);
    if (unattributed === 0) return;
    this.#traces.set(traceId, { unattributed, sinceMs: before?.sinceMs ?? sinceMs });
    if (this.#traces.size > TRACES_MAX) this.#giveUp(this.#traces.keys().next().value!);
  }

  expire(nowMs: number): void {
    for (const [traceId, { sinceMs }] of this.#traces) if (nowMs - sinceMs > WAITING_MS_MAX) this.#giveUp(traceId);
  }

  #giveUp(traceId: string): void {
    this.givenUp += this.#traces.get(traceId)?.unattributed ?? 0;
    this.#traces.delete(traceId);
  }
}
