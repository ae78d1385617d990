/** Milliseconds since the epoch as `2026-11-23 10:00:00.123`, in UTC. */
export function clickhouseTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** Decimal nanoseconds since the epoch as `2026-11-23 10:00:00.123456789`, in UTC. */
export function clickhouseTimeOfNano(unixNano: string): string {
  const digits = unixNano.padStart(10, '0');
  const seconds = Number(digits.slice(0, -9));
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${digits.slice(-9)}`;
}
