const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Waits for SIGINT or SIGTERM. A second one ends the process at once, as if nobody had listened: `process.exit` would run
 * the engine's destructors below its threads.
 */
export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (told) {
          process.removeAllListeners(signal);
          process.kill(process.pid, signal);
        }
        told = true;
        resolve(signal);
      });
    }
  });
}
