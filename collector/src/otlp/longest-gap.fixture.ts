import { setImmediate as nextTurn } from 'node:timers/promises';

/** Runs `work` while the event loop turns, and says how long it stood still at most. An error is a result. */
export async function longestGap<Result>(work: () => Promise<Result>) {
  let done = false;
  let gap = 0;
  const turns = (async () => {
    let before = performance.now();
    while (!done) {
      await nextTurn();
      const now = performance.now();
      gap = Math.max(gap, now - before);
      before = now;
    }
  })();
  await nextTurn();
  const startedAt = performance.now();
  const result = await work().catch((error: Error) => error);
  const ms = performance.now() - startedAt;
  done = true;
  await turns;
  return { gapMs: Math.round(gap * 10) / 10, ms: Math.round(ms), result };
}
