import { expect, it } from 'vitest';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { Store } from '../store/store.ts';
import { insertRequests } from './request-rows.ts';
import { summaries } from './summaries.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAY_START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const iso = (timeMs: number) => new Date(timeMs).toISOString();

eachStore('summaries', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  async function insertMinute(store: Store, minuteMs: number, row: object): Promise<void> {
    await store.insertRows('request_minutely', [
      {
        minute: iso(minuteMs),
        service: 'shop',
        environment: '',
        version: '1.0.0',
        method: 'GET',
        route: '/orders',
        computed_at: iso(Date.now()),
        ...row,
      },
    ]);
  }

  it("hold an endpoint's numbers in a window: rate, errors, duration, queries", async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 99, durationMs: 10, errors: 9 },
      { startMs: DAY_START_MS + 59 * MINUTE_MS, count: 1, durationMs: 2000, slow: true },
    );
    await insertMinute(store, DAY_START_MS, { query_count: 1000, query_ns: 3_000_000_000, n_plus_one_requests: 7 });
    await insertMinute(store, DAY_START_MS + 59 * MINUTE_MS, {
      query_count: 50,
      query_ns: 1_000_000_000,
      n_plus_one_requests: 1,
    });
    const [summary, ...others] = await summaries(store, { windowMinutes: 60 }, DAY_START_MS + 2 * HOUR_MS);
    expect(others).toEqual([]);
    expect(summary).toEqual({
      windowStart: iso(DAY_START_MS),
      windowMinutes: 60,
      complete: true,
      service: 'shop',
      method: 'GET',
      route: '/orders',
      requests: 100,
      errors: 9,
      errorRate: 0.09,
      avgMs: 29.9,
      p50Ms: 10,
      p95Ms: 10,
      p99Ms: 10,
      minMs: 10,
      maxMs: 2000,
      slowRequests: 1,
      nPlusOneRequests: 8,
      queriesPerRequest: 10.5,
      queryMsPerRequest: 40,
    });
  });

  it.each([1, 5, 60, 1440])('come in windows of %i minutes, aligned to the epoch, latest first', async (minutes) => {
    const store = await migrated();
    const lengthMs = minutes * MINUTE_MS;
    const starts = [DAY_START_MS - lengthMs, DAY_START_MS];
    for (const startMs of starts) {
      await insertRequests(
        store,
        { startMs, count: 2, durationMs: 1 },
        { startMs: startMs + lengthMs - MINUTE_MS, count: 3, durationMs: 1 },
      );
    }
    const rows = await summaries(store, { windowMinutes: minutes }, DAY_START_MS + lengthMs);
    expect(rows).toMatchObject([
      { windowStart: iso(DAY_START_MS), windowMinutes: minutes, requests: 5, complete: true },
      { windowStart: iso(DAY_START_MS - lengthMs), windowMinutes: minutes, requests: 5, complete: true },
    ]);
  });

  it('say which window still grows', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 1, durationMs: 1 },
      { startMs: DAY_START_MS + HOUR_MS, count: 1, durationMs: 1 },
    );
    const rows = await summaries(store, { windowMinutes: 60 }, DAY_START_MS + HOUR_MS + 1);
    expect(rows.map(({ complete }) => complete)).toEqual([false, true]);
  });

  it('are narrowed by service, environment, version, endpoint and time, queries too', async () => {
    const store = await migrated();
    const variants = [
      {},
      { service: 'billing' },
      { environment: 'production' },
      { version: '2.0.0' },
      { route: '/items' },
      { method: 'POST' },
      { startMs: DAY_START_MS + HOUR_MS },
    ];
    for (const variant of variants) {
      await insertRequests(store, { startMs: DAY_START_MS, count: 1, durationMs: 1, ...variant });
      const { startMs = DAY_START_MS, ...columns } = variant as { startMs?: number };
      await insertMinute(store, startMs, { query_count: 1, ...columns });
    }
    const nowMs = DAY_START_MS + 2 * HOUR_MS;
    const count = async (filter: object) => {
      const rows = await summaries(store, { windowMinutes: 60, ...filter }, nowMs);
      const requests = rows.reduce((sum, row) => sum + row.requests, 0);
      expect(rows.reduce((sum, row) => sum + row.queriesPerRequest * row.requests, 0)).toBe(requests);
      return requests;
    };
    expect(await count({})).toBe(7);
    expect(await count({ service: 'billing' })).toBe(1);
    expect(await count({ environment: 'production' })).toBe(1);
    expect(await count({ version: '2.0.0' })).toBe(1);
    expect(await count({ endpoint: '/orders' })).toBe(6);
    expect(await count({ endpoint: 'POST /orders' })).toBe(1);
    expect(await count({ sinceMs: DAY_START_MS + HOUR_MS })).toBe(1);
    // A window counts whole as soon as the time asked for touches it.
    expect(await count({ sinceMs: DAY_START_MS + HOUR_MS - 1 })).toBe(7);
    expect(await count({ untilMs: DAY_START_MS + HOUR_MS })).toBe(6);
    expect(await count({ untilMs: DAY_START_MS + HOUR_MS + 1 })).toBe(7);
  });

  it('can be paged through', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      ...['/a', '/b', '/c'].map((route) => ({ startMs: DAY_START_MS, count: 1, durationMs: 1, route })),
    );
    const page = async (offset: number) =>
      (await summaries(store, { windowMinutes: 60, limit: 2, offset })).map(({ route }) => route);
    expect([await page(0), await page(2)]).toEqual([['/a', '/b'], ['/c']]);
  });

  it('reach back beyond the minutes that are kept, by whole hours', async () => {
    const store = await migrated();
    const oldMs = DAY_START_MS - 30 * DAY_MS;
    for (const [table, time, startMs] of [
      ['endpoint_hourly', 'hour', oldMs],
      ['endpoint_hourly', 'hour', DAY_START_MS],
      ['endpoint_minutely', 'minute', DAY_START_MS],
    ] as const) {
      await store.command(
        `INSERT INTO ${store.database}.${table} (${time}, service, method, route, requests, duration_ns_sum,
           duration_ns_min, duration_ns_max, duration_ns_quantiles)
         SELECT toDateTime({start:UInt32}), 'shop', 'GET', '/orders', 1, 5000000, 5000000, 5000000,
           quantilesBFloat16State(0.5, 0.95, 0.99)(toFloat64(5000000))`,
        { start: startMs / 1000 },
      );
    }
    const nowMs = DAY_START_MS + 2 * HOUR_MS;
    const starts = async (windowMinutes: number) =>
      (await summaries(store, { windowMinutes }, nowMs)).map((row) => [row.windowStart, row.requests, row.p95Ms]);
    // An hour that is in both rollups counts once: from the hourly only what the minutes no longer hold.
    expect(await starts(60)).toEqual([
      [iso(DAY_START_MS), 1, 5],
      [iso(oldMs), 1, 5],
    ]);
    expect(await starts(5)).toEqual([[iso(DAY_START_MS), 1, 5]]);
  });
});
