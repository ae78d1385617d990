const FLUSH_MS_MAX = 1_500;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface Flushable {
  /** Whether spans are still to be delivered. */
  readonly isBusy: boolean;
  forceFlush(): Promise<void>;
}

/**
 * Sends the last spans when the app ends, within 1.5 s, and leaves its end alone: the same exit code, the same signal.
 *
 * On a signal our listener is the first to run and takes itself away, so every other listener finds the process as it
 * would be without us: one that counts listeners counts right, and a second signal does what it always did. Without
 * another listener the signal would have ended the process, so it is raised again after the flush. An app that calls
 * `process.exit()` or crashes leaves no time to send anything.
 */
export function flushAtExit(spans: Flushable, onGaveUp: () => void): void {
  let gaveUp = false;
  const tryToFlush = async () => {
    if (gaveUp || (await flush(spans))) return;
    gaveUp = true;
    onGaveUp();
  };

  const listeners = new Map<(typeof SIGNALS)[number], () => void>();
  for (const signal of SIGNALS) {
    const listener = () => {
      for (const [each, own] of listeners) process.removeListener(each, own);
      const flushed = tryToFlush();
      if (process.listenerCount(signal) === 0) void flushed.then(() => process.kill(process.pid, signal));
    };
    listeners.set(signal, listener);
    process.prependListener(signal, listener);
  }
  process.on('beforeExit', () => {
    // What a flush leaves to do makes the event loop drain once more, and this event come again.
    if (spans.isBusy) void tryToFlush();
  });
}

/**
 * The timer holds the process until the spans are sent, and no longer than that.
 *
 * @returns whether it ended in time; failing counts as ending, and has been told by then
 */
async function flush(spans: Flushable): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, FLUSH_MS_MAX, false);
  });
  const ended = spans.forceFlush().then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, tooLate]);
  clearTimeout(timer);
  return inTime;
}
