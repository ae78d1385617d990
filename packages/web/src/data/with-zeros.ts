// A count of what did not happen is 0, not unknown: intervals that the API leaves out are filled in.

const POINTS_MAX = 2_000;

/** One count for every interval from `fromSeconds` to `toSeconds`; at most 2,000, the latest. */
export function withZeros(
  points: readonly { readonly time: string; readonly count: number }[],
  stepMinutes: number,
  fromSeconds: number,
  toSeconds: number,
): { timesSeconds: number[]; counts: number[] } {
  const stepSeconds = stepMinutes * 60;
  const counted = new Map(points.map(({ time, count }) => [Date.parse(time) / 1000, count]));
  const first = Math.min(fromSeconds, ...counted.keys());
  const last = Math.max(toSeconds, ...counted.keys());
  const start = Math.floor(Math.max(first, last - POINTS_MAX * stepSeconds) / stepSeconds) * stepSeconds;
  const timesSeconds: number[] = [];
  for (let at = start; at <= last && timesSeconds.length < POINTS_MAX; at += stepSeconds) timesSeconds.push(at);
  return { timesSeconds, counts: timesSeconds.map((at) => counted.get(at) ?? 0) };
}
