/**
 * Decoding in steps of bounded work, so that a large body can be decoded with the event loop running in between. Whoever
 * has time for all of them at once calls {@link runAll}.
 */
export type Steps<Result = void> = Generator<undefined, Result, undefined>;

/** At the worst that a body can hold (messages of two bytes) a few milliseconds. */
export const STEP_BYTES = 32_768;

/** Says when a step has read enough, by where the cursor is. */
export class Pace {
  pauseAt = 0;

  isDue(at: number): boolean {
    if (at < this.pauseAt) return false;
    this.begin(at);
    return true;
  }

  begin(at: number): void {
    this.pauseAt = at + STEP_BYTES;
  }

  /** To be called when the cursor was moved back. */
  goBack(at: number): void {
    this.pauseAt = Math.min(this.pauseAt, at + STEP_BYTES);
  }
}

export function runAll<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
