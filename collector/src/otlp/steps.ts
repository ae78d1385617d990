/**
 * Decoding in steps of bounded work, so that a large body can be decoded with the event loop running in between. Whoever
 * has time for all of them at once calls {@link runAll}.
 */
export type Steps<Result = void> = Generator<undefined, Result, undefined>;

/** At the worst that a body can hold (messages of two bytes) a few milliseconds. */
export const STEP_BYTES = 32_768;

/** Says when a step has read enough, by where the cursor is; a cursor that was moved back begins a new step. */
export class Pace {
  private from = 0;

  isDue(at: number): boolean {
    if (at >= this.from && at < this.from + STEP_BYTES) return false;
    this.from = at;
    return true;
  }

  /** Where a reader that begins or goes on at `at` has read enough. */
  pauseAt(at: number): number {
    this.isDue(at);
    return this.from + STEP_BYTES;
  }
}

export function runAll<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
