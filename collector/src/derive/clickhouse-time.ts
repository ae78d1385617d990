/** Milliseconds since the epoch as `2026-11-23 10:00:00.123`, in UTC. */
export function clickhouseTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
