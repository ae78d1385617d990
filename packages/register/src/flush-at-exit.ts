const FLUSH_MS_MAX = 1_500;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export interface Flushable {
  /** Spans that wait for the next batch. */
  readonly queuedSpans: number;
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
  for (const signal of SIGNALS) {
    const listener = () => {
      for (const [each, own] of listeners) process.removeListener(each, own);
      const flushed = flush(spans, onGaveUp);
      if (process.listenerCount(signal) === 0) void flushed.then(() => process.kill(process.pid, signal));
    };
    listeners.set(signal, listener);
    process.prependListener(signal, listener);
  }
  process.on('beforeExit', () => {
    if (spans.queuedSpans > 0) void flush(spans, onGaveUp);
  });
}

const listeners = new Map<(typeof SIGNALS)[number], () => void>();

/** Ends when the spans are sent, or in time; the timer holds the process until then, and no longer. */
async function flush(spans: Flushable, onGaveUp: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const inTime = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, FLUSH_MS_MAX, false);
  });
  const sent = spans.forceFlush().then(
    () => true,
    () => true, // The failure has been told by then.
  );
  if (!(await Promise.race([sent, inTime]))) onGaveUp();
  clearTimeout(timer);
}
