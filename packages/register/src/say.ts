import { writeSync } from 'node:fs';

/** One line to the app's terminal; written at once, so that it is there even when the process ends right after. */
export function say(message: string): void {
  try {
    writeSync(2, `[profiler] ${message.replace(/\s+/g, ' ').trim()}\n`);
  } catch {
    // A closed or full terminal is not the app's problem.
  }
}
