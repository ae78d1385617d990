/**
 * One window's rollup row, from its requests, as the views compute it: whole nanoseconds, logarithms in whole millionths, and a
 * count of BFloat16 values (a Float32 cut to its upper 16 bits) of which quantiles are the nearest rank.
 */
import type { EndpointSeries } from '@profiler/analysis';

const BUCKETS = 65_536;

export class WindowSketch {
  private readonly counts = new Uint32Array(BUCKETS);
  private readonly float = new Float32Array(1);
  private readonly bits = new Uint32Array(this.float.buffer);
  private lowest = BUCKETS;
  private highest = -1;
  private requests = 0;
  private durationNsSum = 0;
  private logMicrosSum = 0;
  private logSquaredMicrosSum = 0;

  /** @param log natural logarithm of the duration, in nanoseconds */
  add(durationNs: number, log: number): void {
    this.requests++;
    this.durationNsSum += Math.round(durationNs);
    this.logMicrosSum += Math.round(log * 1e6);
    this.logSquaredMicrosSum += Math.round(log * log * 1e6);
    this.float[0] = durationNs;
    const bucket = this.bits[0]! >>> 16;
    this.counts[bucket]!++;
    if (bucket < this.lowest) this.lowest = bucket;
    if (bucket > this.highest) this.highest = bucket;
  }

  /** Writes the row, and is empty again. */
  writeTo(series: EndpointSeries, index: number): void {
    series.requests[index] = this.requests;
    series.durationNsSum[index] = this.durationNsSum;
    series.logMicrosSum[index] = this.logMicrosSum;
    series.logSquaredMicrosSum[index] = this.logSquaredMicrosSum;
    const levels = [0.5, 0.9, 0.95, 0.975, 0.99];
    const columns = [series.p50Ns, series.p90Ns, series.p95Ns, series.p975Ns, series.p99Ns];
    let level = 0;
    let below = 0;
    for (let bucket = this.lowest; bucket <= this.highest; bucket++) {
      below += this.counts[bucket]!;
      this.counts[bucket] = 0;
      while (level < levels.length && below >= Math.ceil(levels[level]! * this.requests)) {
        this.bits[0] = bucket << 16;
        columns[level]![index] = this.float[0]!;
        level++;
      }
    }
    this.lowest = BUCKETS;
    this.highest = -1;
    this.requests = 0;
    this.durationNsSum = 0;
    this.logMicrosSum = 0;
    this.logSquaredMicrosSum = 0;
  }
}
