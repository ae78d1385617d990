/** A run a second, and runs that follow at once. */
const MOMENTS_MAX = 3_000;

/** How far insertion had come, and when that was known by the clock that nobody sets. */
export class TakenMoments {
  readonly #moments: { readonly atMs: number; readonly takenMs: number }[] = [];
  readonly #startedAtMs: number;

  /** @param startedAtMs what earlier processes left was inserted before, and counts as known when it is first asked */
  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  /** @returns time of the last insertion that was known so long ago, 0 when none was */
  insertedBy(agoMs: number, lastTakenMs: number): number {
    const moments = this.#moments;
    const nowMs = performance.now();
    if (moments.length === 0) moments.push({ atMs: nowMs, takenMs: this.#startedAtMs - 1 });
    if (lastTakenMs > moments.at(-1)!.takenMs) moments.push({ atMs: nowMs, takenMs: lastTakenMs });
    while (moments.length > 1 && (moments[1]!.atMs <= nowMs - agoMs || moments.length > MOMENTS_MAX)) moments.shift();
    return moments[0]!.atMs <= nowMs - agoMs ? moments[0]!.takenMs : 0;
  }
}
