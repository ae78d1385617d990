/** Waits for SIGINT or SIGTERM. A second one ends the process at once, with the code that a shell expects. */
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told = false;
    for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) {
      process.on(signal as keyof typeof SIGNAL_NUMBERS, () => {
        if (told) process.exit(128 + number);
        told = true;
        resolve(signal as NodeJS.Signals);
      });
    }
  });
}
