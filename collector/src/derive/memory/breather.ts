import { setImmediate } from 'node:timers/promises';

/** Work on the main thread goes on for so long, in milliseconds, before others have their turn. */
const SLICE_MS_MAX = 4;

/** Cuts long work into slices: whoever works in small steps asks before each whether it is time to let others go first. */
export class Breather {
  #sliceStartedAtMs = performance.now();

  get isDue(): boolean {
    return performance.now() - this.#sliceStartedAtMs > SLICE_MS_MAX;
  }

  async breathe(): Promise<void> {
    await setImmediate();
    this.#sliceStartedAtMs = performance.now();
  }
}
