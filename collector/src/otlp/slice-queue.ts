import { setImmediate as afterEvents } from 'node:timers/promises';
import { RefusalError } from './refusal.ts';
import type { Steps } from './steps.ts';

/** How long the event loop is held at a time. */
const SLICE_MS = 8;
/** Work that may wait; what it holds is bounded by the bytes in flight. */
const WAITING_MAX = 64;

/** Does long work one at a time and in slices, between which the event loop runs. */
export class SliceQueue {
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @throws RefusalError when too much waits already */
  run<Result>(work: () => Steps<Result>): Promise<Result> {
    if (this.waiting >= WAITING_MAX) throw new RefusalError('busy', 'too many long bodies are waiting to be decoded');
    this.waiting++;
    const result = this.turn.then(() => inSlices(work())).finally(() => this.waiting--);
    this.turn = result.catch(() => {});
    return result;
  }
}

async function inSlices<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await afterEvents();
  }
}
