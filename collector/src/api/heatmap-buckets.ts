/**
 * A histogram from a sketch that answers percentiles only: asked for a hundred evenly spaced levels, each level stands for a
 * hundredth of the requests. Up to a hundred requests that is exact, but for the 0.7 % of the sketch itself.
 */

/** The middle of each hundredth. */
export const LEVELS: readonly number[] = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);

/** Rows of a heatmap: more are no longer told apart. */
const ROWS_MAX = 24;
/** Steps in a decade, finest first. */
const STEPS_OF_DECADE = [6, 3, 2, 1];
const MS_MIN = 0.001;

/** Bounds of rows of equal ratio that hold everything from `minMs` to `maxMs`, ascending, in milliseconds. */
export function rowBounds(minMs: number, maxMs: number): number[] {
  for (const steps of STEPS_OF_DECADE) {
    const first = Math.floor(steps * Math.log10(Math.max(minMs, MS_MIN)));
    const last = Math.floor(steps * Math.log10(Math.max(maxMs, minMs, MS_MIN))) + 1;
    if (last - first > ROWS_MAX && steps > 1) continue;
    return Array.from({ length: last - first + 1 }, (_, index) => rounded(10 ** ((first + index) / steps)));
  }
  return [];
}

const rounded = (ms: number) => Number(ms.toPrecision(4));

/**
 * Requests of each row. They add up to `requests`: what a row is owed beyond whole requests goes to those that are owed
 * most.
 * @param levelsMs the durations at {@link LEVELS}
 */
export function rowCounts(levelsMs: readonly number[], requests: number, boundsMs: readonly number[]): number[] {
  const rows = Math.max(0, boundsMs.length - 1);
  const shares = new Array<number>(rows).fill(0);
  for (const ms of levelsMs) {
    let row = boundsMs.findIndex((bound) => bound > ms) - 1;
    if (row < -1) row = rows - 1;
    shares[Math.max(0, row)]! += requests / levelsMs.length;
  }
  const counts = shares.map((share) => Math.floor(share + 1e-9));
  let left = requests - counts.reduce((sum, count) => sum + count, 0);
  const owed = shares.map((share, row) => ({ row, part: share - counts[row]! })).sort((a, b) => b.part - a.part);
  for (const { row } of owed) {
    if (left <= 0) break;
    counts[row]! += 1;
    left -= 1;
  }
  return counts;
}
