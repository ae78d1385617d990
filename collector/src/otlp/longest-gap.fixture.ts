import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Runs `work` while the event loop turns, and says how long it stood still at most. Of each turn the time of the wall counts
 * or that of the processor, whichever is less, so that what other processes take does not. An error is a result.
 */
export async function longestGap<Result>(work: () => Promise<Result>) {
  let done = false;
  let gap = 0;
  const turns = (async () => {
    while (!done) {
      const before = performance.now();
      const cpuBefore = process.cpuUsage();
      await nextTurn();
      const { user, system } = process.cpuUsage(cpuBefore);
      gap = Math.max(gap, Math.min(performance.now() - before, (user + system) / 1_000));
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
