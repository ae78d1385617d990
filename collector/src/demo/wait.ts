import { setTimeout } from 'node:timers/promises';

/** Resolves after this long, at once when it is not positive; rejects when the signal aborts. */
export async function waitMs(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (durationMs > 0) await setTimeout(durationMs, undefined, { signal });
}
