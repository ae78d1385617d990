/**
 * What the rollups know of one endpoint, window by window, without gaps: a window without requests is a row of zeros. By
 * column, because a run reads hundreds of windows of thousands of endpoints.
 */
export interface EndpointSeries {
  /** Start of the first window, milliseconds since the epoch. */
  readonly startMs: number;
  /** 1 to 1440. */
  readonly windowMinutes: number;
  /** Windows. */
  readonly length: number;
  readonly requests: Float64Array;
  readonly errors: Float64Array;
  readonly durationNsSum: Float64Array;
  /** Sum over the requests of the natural logarithm of nanoseconds, in millionths. */
  readonly logMicrosSum: Float64Array;
  /** Sum of its square, in millionths. */
  readonly logSquaredMicrosSum: Float64Array;
  /** Nanoseconds, merged from the windows' sketches (BFloat16: within 0.8 %); anything where there are no requests. */
  readonly p50Ns: Float64Array;
  readonly p90Ns: Float64Array;
  readonly p95Ns: Float64Array;
  readonly p975Ns: Float64Array;
  readonly p99Ns: Float64Array;
  /** 1 where a version of the service answered that had not answered before, 0 elsewhere. */
  readonly deploys: Uint8Array;
}

/** Names of the columns that hold a number for each window. */
export const SERIES_COLUMNS = [
  'requests',
  'errors',
  'durationNsSum',
  'logMicrosSum',
  'logSquaredMicrosSum',
  'p50Ns',
  'p90Ns',
  'p95Ns',
  'p975Ns',
  'p99Ns',
] as const satisfies readonly (keyof EndpointSeries)[];

/** A series of windows without requests, to be filled. */
export function emptySeries(startMs: number, windowMinutes: number, length: number): EndpointSeries {
  const column = () => new Float64Array(length);
  return {
    startMs,
    windowMinutes,
    length,
    requests: column(),
    errors: column(),
    durationNsSum: column(),
    logMicrosSum: column(),
    logSquaredMicrosSum: column(),
    p50Ns: column(),
    p90Ns: column(),
    p95Ns: column(),
    p975Ns: column(),
    p99Ns: column(),
    deploys: new Uint8Array(length),
  };
}

/** Hour of the day in UTC, 0 to 23, in which a window starts. */
export function hourOfWindow(series: Pick<EndpointSeries, 'startMs' | 'windowMinutes'>, index: number): number {
  return Math.floor((series.startMs + index * series.windowMinutes * 60_000) / 3_600_000) % 24;
}
