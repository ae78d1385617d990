/** A span of whole minutes, aligned to the UTC epoch: the same wherever and whenever it is computed. End excluded. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  /** 1 to 1440. */
  readonly minutes: number;
}

const MINUTE_MS = 60_000;

/** The window that holds a moment. */
export function windowAt(timeMs: number, minutes: number): Window {
  const lengthMs = minutes * MINUTE_MS;
  const startMs = Math.floor(timeMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs, minutes };
}

export function windowBefore(window: Window): Window {
  return windowAt(window.startMs - 1, window.minutes);
}

/** The last one that has ended by then. */
export function lastCompleteWindow(nowMs: number, minutes: number): Window {
  return windowBefore(windowAt(nowMs, minutes));
}
