import { describe, expect, it } from 'vitest';
import { ofMinutes, QUERY_ROLLUP, REQUEST_ROLLUP, rollupWindow } from '../api/rollups.ts';
import { ArrivalClock } from '../store/arrival-clock.ts';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import { nativeBlock } from '../store/native-rows.ts';
import type { Store } from '../store/store.ts';
import { writeProgress } from './progress.ts';
import { RollupStages } from './rollup-stages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const THRESHOLDS = { nPlusOneThreshold: 3, slowQueryThresholdMs: 100 };
/** Begin of the hour before the last, so that the machine's clock may pass any hour meanwhile. */
const HOUR_AT_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;

let batches = 0;

/** A collector, whose clock stands where it is set. */
class Collector {
  nowMs = HOUR_AT_MS + 30 * MINUTE_MS;
  readonly rollups: RollupStages;
  readonly #store: Store;
  readonly #clock: ArrivalClock | undefined;
  #lastStampMs = 0;

  /** @param isAlone it tells its changes, and does not ask for those of others */
  static async start(store: Store, isAlone: boolean): Promise<Collector> {
    return new Collector(store, isAlone ? await ArrivalClock.open(store) : undefined);
  }

  private constructor(store: Store, clock: ArrivalClock | undefined) {
    this.#store = store;
    this.#clock = clock;
    const stampMs = () => {
      this.#lastStampMs = clock?.next() ?? Math.max(this.#lastStampMs + 1, Date.now());
      return this.#lastStampMs;
    };
    this.rollups = new RollupStages({ store, thresholds: THRESHOLDS, clock, nowMs: () => this.nowMs, stampMs });
  }

  /** One request a minute with so many calls of a query. */
  async request(minute: number, calls: number, service = 'shop'): Promise<void> {
    batches += 1;
    const timeMs = HOUR_AT_MS + minute * MINUTE_MS;
    const row = {
      timestamp: BigInt(timeMs) * 1_000_000n,
      trace_id: `trace-${batches}`,
      entry_span_id: 'entry',
      source: 'entry',
      service,
      method: 'GET',
      route: '/orders',
      fingerprint: 7n,
      db_system: 'postgresql',
      query_text: 'SELECT 1',
      calls,
      repeats: calls,
      duration_ns: BigInt(calls) * 1_000_000n,
      duration_ns_max: 1_000_000n,
    };
    const insertedAtMs = this.#clock?.next();
    const batch = { id: String(batches), deduplicationToken: `rollups ${batches}` };
    await this.#store.insertBlocks('request_queries', [nativeBlock('request_queries', [row])], {
      ...batch,
      ...(insertedAtMs !== undefined && { insertedAtMs }),
    });
    if (insertedAtMs !== undefined) this.rollups.minutes.changed([timeMs / 1000], insertedAtMs);
  }

  /** As a process that ends in good order. */
  async recordProgress(): Promise<void> {
    await writeProgress(this.#store, this.rollups.positionsMs!, Date.now());
  }
}

/** Queries and calls of each hour, counted from the first. */
async function hours(store: Store): Promise<string[]> {
  const rows = await store.query<{ at: number; queries: number; calls: number }>(
    `SELECT (toUnixTimestamp(hour) - {first:UInt32}) / 3600 AS at, sum(query_count) AS queries,
       (SELECT sum(calls) FROM ${store.database}.query_hourly AS q FINAL) AS calls
     FROM ${store.database}.request_hourly FINAL GROUP BY at ORDER BY at`,
    { first: HOUR_AT_MS / 1000 },
  );
  return rows.map(({ at, queries, calls }) => `${at}: ${queries}, all ${calls}`);
}

eachStore('hours of the rollups', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  describe.each([
    ['of one collector', true],
    ['of several', false],
  ])('%s', (_, isAlone) => {
    it('are computed when they are over, and again when a minute changes late', async () => {
      const store = await migrated();
      const collector = await Collector.start(store, isAlone);
      await collector.request(-61, 100);
      await collector.request(0, 2);
      await collector.request(29, 5);
      expect(await collector.rollups.run(true)).toMatchObject({ minutes: 3, hours: 1, backlog: 0 });
      expect(await hours(store)).toEqual(['-2: 100, all 100']);

      collector.nowMs = HOUR_AT_MS + HOUR_MS;
      expect(await collector.rollups.run(true)).toMatchObject({ minutes: 0, hours: 1 });
      expect(await hours(store)).toEqual(['-2: 100, all 107', '0: 7, all 107']);

      await collector.request(29, 10);
      expect(await collector.rollups.run(true)).toMatchObject({ minutes: 1, hours: 1 });
      expect(await hours(store)).toEqual(['-2: 100, all 117', '0: 17, all 117']);
      expect(await collector.rollups.run(true)).toMatchObject({ minutes: 0, hours: 0 });
    });

    it('are computed by the next process when the one before ended before their end', async () => {
      const store = await migrated();
      const before = await Collector.start(store, isAlone);
      await before.request(3, 4);
      await before.request(59, 5);
      await before.rollups.run(true);
      await before.recordProgress();
      expect(await hours(store)).toEqual([]);

      const after = await Collector.start(store, isAlone);
      after.nowMs = HOUR_AT_MS + HOUR_MS + 1;
      await after.rollups.run(true);
      expect(await hours(store)).toEqual(['0: 9, all 9']);
    });

    it('are computed after a process that recorded nothing', async () => {
      const store = await migrated();
      const before = await Collector.start(store, isAlone);
      await before.request(3, 4);
      await before.rollups.run(true);
      const after = await Collector.start(store, isAlone);
      after.nowMs = HOUR_AT_MS + 2 * HOUR_MS;
      await after.rollups.run(true);
      expect(await hours(store)).toEqual(['0: 4, all 4']);
    });
  });

  it('add up to the same as their minutes, whatever the window', async () => {
    const store = await migrated();
    const collector = await Collector.start(store, false);
    const requests = [-125, -61, -60, -1, 0, 59, 60, 61, 90].map((minute, index) => ({ minute, calls: 2 ** index }));
    for (const { minute, calls } of requests) await collector.request(minute, calls, calls > 20 ? 'shop' : 'cart');
    collector.nowMs = HOUR_AT_MS + 95 * MINUTE_MS;
    await collector.rollups.run(true);
    const windows = [
      [-180, 95],
      [-125, 60],
      [-61, 61],
      [-60, 60],
      [1, 59],
      [-30, 30],
    ] as const;
    for (const [since, until] of windows) {
      const at = (minute: number) => HOUR_AT_MS + minute * MINUTE_MS;
      const window = rollupWindow(at(since), at(until), collector.nowMs);
      const sums = (of: object) =>
        store.query<{ n: number }>(
          `SELECT service, sum(query_count) AS n, sum(query_ns) AS ns, sum(n_plus_one_requests) AS loops,
             (SELECT sum(calls) FROM ${QUERY_ROLLUP}) AS calls,
             (SELECT quantilesBFloat16WeightedMerge(0.5, 0.95, 0.99)(duration_ns_quantiles) FROM ${QUERY_ROLLUP}) AS quantiles
           FROM ${REQUEST_ROLLUP} GROUP BY service ORDER BY service`,
          { ...of },
        );
      const minutes = await sums(ofMinutes(window));
      const inWindow = requests.filter(({ minute }) => minute >= since && minute < until);
      const calls = inWindow.reduce((sum, request) => sum + request.calls, 0);
      expect(
        minutes.reduce((sum, { n }) => sum + n, 0),
        `minutes ${since} to ${until}`,
      ).toBe(calls);
      expect(await sums(window), `minutes ${since} to ${until}`).toEqual(minutes);
    }
  });
});
