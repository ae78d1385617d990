// The API leaves out intervals without requests. A line drawn across them would tell of requests that nobody made.

export interface TimedFigures {
  readonly timesSeconds: number[];
  /** One array for each figure asked for; null where nothing was measured. */
  readonly figures: (number | null)[][];
}

/** Points by time, ascending, with one empty point in each gap: enough to break the line. */
export function withGaps<Point extends { readonly time: string | null }>(
  points: readonly Point[],
  stepMinutes: number,
  of: readonly ((point: Point) => number)[],
): TimedFigures {
  const stepSeconds = stepMinutes * 60;
  const timesSeconds: number[] = [];
  const figures: (number | null)[][] = of.map(() => []);
  for (const point of points) {
    const seconds = Date.parse(point.time ?? '') / 1000;
    const last = timesSeconds.at(-1);
    if (last !== undefined && seconds - last > stepSeconds) {
      timesSeconds.push(last + stepSeconds);
      for (const line of figures) line.push(null);
    }
    timesSeconds.push(seconds);
    for (const [at, figure] of of.entries()) figures[at]!.push(figure(point));
  }
  return { timesSeconds, figures };
}
