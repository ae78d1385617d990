/** To the microsecond, so that no digit is shown that no clock measured. */
export function milliseconds(durationNs: number): number {
  return Math.round(durationNs / 1000) / 1000;
}
