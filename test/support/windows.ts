/** Windows of the scheduler, as a test that sends spans into them needs them: whole minutes, aligned to the UTC epoch. */
export interface TwoWindows {
  /** Start of the window before the last complete one, in milliseconds since the epoch. */
  readonly baselineMs: number;
  /** Start of the last complete window. */
  readonly currentMs: number;
}

/**
 * The last two complete windows. Waits for the next one when less than `roomMs` is left of the one that runs: what is
 * sent next would else be in the window before the last.
 */
export async function lastTwoWindows(minutes: number, roomMs = 30_000): Promise<TwoWindows> {
  const lengthMs = minutes * 60_000;
  const leftMs = lengthMs - (Date.now() % lengthMs);
  if (leftMs < roomMs) await new Promise((resolve) => setTimeout(resolve, leftMs + 1));
  const currentMs = Math.floor(Date.now() / lengthMs) * lengthMs - lengthMs;
  return { baselineMs: currentMs - lengthMs, currentMs };
}
