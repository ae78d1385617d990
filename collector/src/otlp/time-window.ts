import { AHEAD_MS_MAX } from './limits.ts';

/**
 * The time in which a span may lie: not older than the raw retention, not further ahead than clocks may differ. It also
 * bounds the day partitions that one insert touches. Epoch nanoseconds are compared as two unsigned 32-bit halves.
 */
export class TimeWindow {
  private readonly oldestHigh: number;
  private readonly oldestLow: number;
  private readonly newestHigh: number;
  private readonly newestLow: number;

  constructor(nowMs: number, retentionDays: number) {
    [this.oldestHigh, this.oldestLow] = halves(nowMs - retentionDays * 86_400_000);
    [this.newestHigh, this.newestLow] = halves(nowMs + AHEAD_MS_MAX);
  }

  tooOld(high: number, low: number): boolean {
    return high < this.oldestHigh || (high === this.oldestHigh && low < this.oldestLow);
  }

  inFuture(high: number, low: number): boolean {
    return high > this.newestHigh || (high === this.newestHigh && low > this.newestLow);
  }
}

function halves(epochMs: number): [high: number, low: number] {
  const epochNs = BigInt(Math.max(0, Math.floor(epochMs))) * 1_000_000n;
  return [Number(epochNs >> 32n), Number(epochNs & 0xffff_ffffn)];
}
