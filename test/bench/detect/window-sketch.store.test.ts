import { emptySeries } from '@profiler/analysis';
import { expect, it } from 'vitest';
import { migrate } from '../../../collector/src/store/migrate.ts';
import { openStore } from '../../../collector/src/store/open-store.ts';
import { temporaryDirectory } from '../../../collector/src/store/temporary-directory.ts';
import { FastRandom } from './fast-random.ts';
import { WindowSketch } from './window-sketch.ts';

it("makes of a window's requests what the views and the engine's sketch make of them", async () => {
  const directory = await temporaryDirectory();
  const store = await openStore({ dataDir: directory.path });
  try {
    await migrate(store, { retentionDays: 7 });
    const random = new FastRandom(5);
    const sketch = new WindowSketch();
    const series = emptySeries(0, 60, 3);
    for (const [index, requests] of [7, 100, 2345].entries()) {
      const durations = Array.from({ length: requests }, () => Math.round(Math.exp(17 + 1.2 * random.normal())));
      for (const durationNs of durations) sketch.add(durationNs, Math.log(durationNs));
      sketch.writeTo(series, index);
      const [row] = await store.query<Record<string, number> & { quantiles: number[] }>(
        `SELECT count() AS requests, toFloat64(sum(ns)) AS ns_sum,
           sum(toUInt64(round(log(ns) * 1e6))) AS logs, sum(toUInt64(round(pow(log(ns), 2) * 1e6))) AS squares,
           quantilesBFloat16(0.5, 0.9, 0.95, 0.975, 0.99)(toFloat64(ns)) AS quantiles
         FROM (SELECT arrayJoin({durations:Array(UInt64)}) AS ns)`,
        { durations },
      );
      const { requests: count, durationNsSum, logMicrosSum, logSquaredMicrosSum } = series;
      expect([count[index], durationNsSum[index]]).toEqual([row!.requests, row!.ns_sum]);
      // Two libraries' logarithms may differ in the last digit, and round apart.
      expect(Math.abs(logMicrosSum[index]! - row!.logs!)).toBeLessThanOrEqual(2);
      expect(Math.abs(logSquaredMicrosSum[index]! - row!.squares!)).toBeLessThanOrEqual(2);
      const { p50Ns, p90Ns, p95Ns, p975Ns, p99Ns } = series;
      expect([p50Ns, p90Ns, p95Ns, p975Ns, p99Ns].map((column) => column[index])).toEqual(row!.quantiles);
    }
  } finally {
    await store.close();
    await directory.remove();
  }
});
