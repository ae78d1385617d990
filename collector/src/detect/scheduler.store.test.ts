import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { Store } from '../store/store.ts';
import type { Regression } from './regression.ts';
import { listRegressions } from './regressions.ts';
import { insertRequests } from './request-rows.ts';
import { createScheduler, GRACE_MS, type SchedulerOptions } from './scheduler.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The start of yesterday: within every retention, and the start of a window of any length that divides a day. */
const DAY_START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;

const SETTINGS: SchedulerOptions['config'] = {
  regressionRules: ['ratio'],
  aggregationWindowMinutes: 60,
  regressionResponseTimeFactor: 2,
  regressionErrorRateDelta: 0.1,
  regressionMinRequests: 20,
};

/** A collector's scheduling side at a time of the test's choosing; the receiver's side of the notifier is a list. */
function schedulerAt(store: Store, settings: Partial<typeof SETTINGS> = {}, runOnce = async () => {}) {
  const clock = { nowMs: DAY_START_MS };
  const told: Regression[] = [];
  const lines: string[] = [];
  const registry = new Registry();
  const scheduler = createScheduler({
    store,
    config: { ...SETTINGS, ...settings },
    derivation: { runOnce },
    notifier: {
      start: async () => {},
      notify: async (notifications) => {
        const firing = notifications.filter(({ change }) => change === 'firing');
        told.push(...firing.flatMap(({ regressions }) => regressions));
      },
    },
    registry,
    log: {
      info: (message) => lines.push(`info ${message}`),
      warn: (message) => lines.push(`warning ${message}`),
      error: (message, cause) => lines.push(`error ${message} ${cause}`),
    },
    now: () => clock.nowMs,
  });
  return { scheduler, clock, told, lines, registry };
}

eachStore('the scheduler', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  for (const minutes of [1, 5, 60, 1440]) {
    it(`compares a window of ${minutes} minutes with the one before, and with no other requests`, async () => {
      const store = await migrated();
      const lengthMs = minutes * MINUTE_MS;
      const middleMs = DAY_START_MS;
      await insertRequests(
        store,
        { startMs: middleMs - lengthMs - MINUTE_MS, count: 30, durationMs: 900 },
        { startMs: middleMs - lengthMs, count: 15, durationMs: 100 },
        { startMs: middleMs - MINUTE_MS, count: 15, durationMs: 100 },
        { startMs: middleMs, count: 15, durationMs: 300, version: '1.1.0' },
        { startMs: middleMs + lengthMs - MINUTE_MS, count: 15, durationMs: 300, version: '1.1.0' },
        { startMs: middleMs + lengthMs, count: 30, durationMs: 5 },
      );
      const { scheduler, clock } = schedulerAt(store, { aggregationWindowMinutes: minutes });
      clock.nowMs = middleMs + lengthMs + GRACE_MS;
      const result = await scheduler.compute();
      expect(result).toMatchObject({
        windowStart: new Date(middleMs).toISOString(),
        windowMinutes: minutes,
        endpoints: 1,
        resolved: [],
        regressions: [
          {
            kind: 'response_time',
            endpoint: 'GET /orders',
            baseline: 100,
            current: 300,
            change: 3,
            baselineRequests: 30,
            currentRequests: 30,
            version: '1.1.0',
          },
        ],
      });
    });
  }

  it('logs a regression as a warning, with its numbers and the version that brought it', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 98, durationMs: 120.1 },
      { startMs: DAY_START_MS + HOUR_MS, count: 40, durationMs: 412, version: '1.0.0' },
      { startMs: DAY_START_MS + HOUR_MS, count: 80, durationMs: 412, version: '1.1.0' },
    );
    const { scheduler, clock, lines } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + 2 * HOUR_MS + GRACE_MS;
    await scheduler.closeDue();
    const day = new Date(DAY_START_MS).toISOString().slice(0, 10);
    expect(lines).toEqual([
      'warning regression: shop: GET /orders took 412.0 ms on average over 120 requests, 3.4 times the 120.1 ms of the 98 ' +
        `requests before (${day} 01:00 to 02:00 UTC, before: ${day} 00:00 to 01:00 UTC). Version 1.1.0 came with it.`,
    ]);
  });

  it('finds an error rate that rose by more than the delta, and not one that rose by just the delta', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 50, durationMs: 10, errors: 1, route: '/worse' },
      { startMs: DAY_START_MS + HOUR_MS, count: 50, durationMs: 10, errors: 10, route: '/worse' },
      { startMs: DAY_START_MS, count: 50, durationMs: 10, errors: 5, route: '/just' },
      { startMs: DAY_START_MS + HOUR_MS, count: 50, durationMs: 10, errors: 10, route: '/just' },
    );
    const { scheduler, clock } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + 2 * HOUR_MS;
    const { regressions } = await scheduler.compute();
    expect(regressions).toMatchObject([{ kind: 'error_rate', route: '/worse', baseline: 0.02, current: 0.2 }]);
    expect(regressions[0]?.change).toBeCloseTo(0.18);
  });

  it('follows the factor, the delta and the number of requests that it is set to', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 10, durationMs: 100, errors: 0 },
      { startMs: DAY_START_MS + HOUR_MS, count: 10, durationMs: 180, errors: 1 },
    );
    const found = async (settings: Partial<typeof SETTINGS>) => {
      const { scheduler, clock } = schedulerAt(store, settings);
      clock.nowMs = DAY_START_MS + 2 * HOUR_MS;
      const kinds = (await scheduler.compute()).regressions.map((regression) => regression.kind);
      await store.command(`TRUNCATE TABLE ${store.database}.regressions`);
      return kinds;
    };
    expect(await found({})).toEqual([]);
    expect(await found({ regressionMinRequests: 10 })).toEqual([]);
    expect(await found({ regressionMinRequests: 11, regressionResponseTimeFactor: 1.5 })).toEqual([]);
    expect(await found({ regressionMinRequests: 10, regressionResponseTimeFactor: 1.5 })).toEqual(['response_time']);
    expect(await found({ regressionMinRequests: 10, regressionErrorRateDelta: 0.05 })).toEqual(['error_rate']);
  });

  it('says the same when the window is computed again, and tells it once', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 30, durationMs: 100 },
      { startMs: DAY_START_MS + HOUR_MS, count: 30, durationMs: 300, errors: 15 },
      ...['/b', '/a', '/d', '/c'].flatMap((route) => [
        { startMs: DAY_START_MS, count: 30, durationMs: 100, route },
        { startMs: DAY_START_MS + HOUR_MS, count: 30, durationMs: 300, route },
      ]),
    );
    const { scheduler, clock, told, lines } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + 2 * HOUR_MS;
    const first = await scheduler.compute();
    clock.nowMs += GRACE_MS;
    await scheduler.closeDue();
    expect(await scheduler.compute()).toEqual(first);
    expect(first.regressions).toHaveLength(6);
    const keys = first.regressions.map(({ key }) => key).sort();
    expect(told.map(({ key }) => key).sort()).toEqual(keys);
    expect(lines).toHaveLength(6);
    expect((await listRegressions(store)).map(({ key }) => key).sort()).toEqual(keys);
  });

  it('keeps an alert while it is slow, against the baseline that it fired with, and resolves it when it is over', async () => {
    const store = await migrated();
    const averagesMs = [100, 300, 300, 240, 180, 300];
    await insertRequests(
      store,
      ...averagesMs.map((durationMs, hour) => ({ startMs: DAY_START_MS + hour * HOUR_MS, count: 30, durationMs })),
    );
    const { scheduler, clock, told } = schedulerAt(store);
    const closeHour = async (hour: number) => {
      clock.nowMs = DAY_START_MS + (hour + 1) * HOUR_MS;
      return scheduler.compute();
    };
    const [alert] = (await closeHour(1)).regressions;
    for (const hour of [2, 3]) {
      expect(await closeHour(hour)).toMatchObject({ regressions: [alert], resolved: [] });
    }
    const resolvedAt = new Date(DAY_START_MS + 4 * HOUR_MS).toISOString();
    const over = { ...alert, state: 'resolved', resolvedAt };
    expect(await closeHour(4)).toMatchObject({ regressions: [], resolved: [over] });
    expect(await closeHour(4)).toMatchObject({ regressions: [], resolved: [over] });
    // 300 against 180 is no regression; the alert that is over does not fire again.
    expect(await closeHour(5)).toMatchObject({ regressions: [], resolved: [] });
    expect(told).toHaveLength(1);
    expect(await listRegressions(store)).toEqual([over]);
  });

  it('fires again, as another alert, when what was resolved comes back', async () => {
    const store = await migrated();
    const averagesMs = [100, 300, 100, 300];
    await insertRequests(
      store,
      ...averagesMs.map((durationMs, hour) => ({ startMs: DAY_START_MS + hour * HOUR_MS, count: 30, durationMs })),
    );
    const { scheduler, clock, told } = schedulerAt(store);
    for (const hour of [1, 2, 3]) {
      clock.nowMs = DAY_START_MS + (hour + 1) * HOUR_MS;
      await scheduler.compute();
    }
    expect(new Set(told.map((regression) => regression.key)).size).toBe(2);
    expect((await listRegressions(store)).map(({ state }) => state)).toEqual(['firing', 'resolved']);
  });

  it('does not resolve by a window with too few requests', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS, count: 30, durationMs: 100 },
      { startMs: DAY_START_MS + HOUR_MS, count: 30, durationMs: 300 },
      { startMs: DAY_START_MS + 2 * HOUR_MS, count: 19, durationMs: 100 },
    );
    const { scheduler, clock } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + 2 * HOUR_MS;
    await scheduler.compute();
    clock.nowMs += HOUR_MS;
    expect(await scheduler.compute()).toMatchObject({ regressions: [{ state: 'firing' }], resolved: [] });
  });

  it('keeps services, environments, methods and routes apart', async () => {
    const store = await migrated();
    const group = (hour: number, durationMs: number, rest: object) => ({
      startMs: DAY_START_MS + hour * HOUR_MS,
      count: 30,
      durationMs,
      ...rest,
    });
    const identities = [
      { environment: 'production' },
      { environment: 'staging' },
      { service: 'billing' },
      { method: 'POST' },
      { route: '/items' },
    ];
    await insertRequests(
      store,
      ...identities.flatMap((identity, index) => [
        group(0, 100, identity),
        group(1, index % 2 === 0 ? 300 : 110, identity),
      ]),
    );
    const { scheduler, clock } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + 2 * HOUR_MS;
    const { endpoints, regressions } = await scheduler.compute();
    expect(endpoints).toBe(5);
    expect(regressions).toMatchObject([
      { service: 'billing', route: '/orders' },
      { service: 'shop', route: '/items' },
      { service: 'shop', environment: 'production', route: '/orders', method: 'GET' },
    ]);
    expect(new Set(regressions.map(({ key }) => key)).size).toBe(3);
  });

  it('blames the newest version that answered when none is new', async () => {
    const store = await migrated();
    await insertRequests(
      store,
      { startMs: DAY_START_MS - 5 * HOUR_MS, count: 1, durationMs: 100, version: '1.10.0' },
      { startMs: DAY_START_MS - 2 * HOUR_MS, count: 1, durationMs: 100, version: '1.9.0-hotfix' },
      { startMs: DAY_START_MS, count: 15, durationMs: 100, version: '1.10.0' },
      { startMs: DAY_START_MS, count: 15, durationMs: 100, version: '1.9.0-hotfix' },
      { startMs: DAY_START_MS + HOUR_MS, count: 15, durationMs: 300, version: '1.10.0' },
      { startMs: DAY_START_MS + HOUR_MS, count: 15, durationMs: 300, version: '1.9.0-hotfix' },
    );
    const { scheduler, clock } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + 2 * HOUR_MS;
    const [alert] = (await scheduler.compute()).regressions;
    expect(alert?.version).toBe('1.9.0-hotfix');
    expect(alert?.explanation).toMatch(/No version came with it; 1\.9\.0-hotfix is the newest that answered\.$/);
  });

  it('waits after the end of a window until late batches are in', async () => {
    const store = await migrated();
    await insertRequests(store, { startMs: DAY_START_MS, count: 1, durationMs: 1 });
    const { scheduler, clock } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + HOUR_MS + GRACE_MS - 1;
    const before = await scheduler.closeDue();
    expect(before.map(({ windowStart }) => windowStart)).toEqual([new Date(DAY_START_MS - HOUR_MS).toISOString()]);
    clock.nowMs += 1;
    expect(await scheduler.closeDue()).toMatchObject([
      { windowStart: new Date(DAY_START_MS).toISOString(), endpoints: 1 },
    ]);
    expect(await scheduler.closeDue()).toEqual([]);
  });

  it('closes a window again that was computed before its late batches were in', async () => {
    const store = await migrated();
    const { scheduler, clock } = schedulerAt(store);
    clock.nowMs = DAY_START_MS + HOUR_MS + 1;
    await scheduler.compute();
    await insertRequests(store, { startMs: DAY_START_MS, count: 1, durationMs: 1 });
    clock.nowMs = DAY_START_MS + HOUR_MS + GRACE_MS;
    const after = schedulerAt(store);
    after.clock.nowMs = clock.nowMs;
    expect(await after.scheduler.closeDue()).toMatchObject([{ endpoints: 1 }]);
  });

  it('closes after a restart what ended in between, oldest first, and tells nothing twice', async () => {
    const store = await migrated();
    const averagesMs = [100, 300, 300, 100, 250];
    await insertRequests(
      store,
      ...averagesMs.map((durationMs, hour) => ({ startMs: DAY_START_MS + hour * HOUR_MS, count: 30, durationMs })),
    );
    const first = schedulerAt(store);
    first.clock.nowMs = DAY_START_MS + 2 * HOUR_MS + GRACE_MS;
    await first.scheduler.closeDue();
    expect(first.told).toHaveLength(1);
    await first.scheduler.close();

    const second = schedulerAt(store);
    second.clock.nowMs = DAY_START_MS + 9 * HOUR_MS + GRACE_MS;
    const results = await second.scheduler.closeDue();
    // Hours 2 to 4 have requests; the empty ones are left out, but for the last.
    const hours = results.map(({ windowStart }) => (Date.parse(windowStart) - DAY_START_MS) / HOUR_MS);
    expect(hours).toEqual([2, 3, 4, 8]);
    expect(results.map(({ regressions, resolved }) => [regressions.length, resolved.length])).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(second.told.map(({ windowStart }) => windowStart)).toEqual([
      new Date(DAY_START_MS + 4 * HOUR_MS).toISOString(),
    ]);
    const third = schedulerAt(store);
    third.clock.nowMs = second.clock.nowMs;
    expect(await third.scheduler.closeDue()).toEqual([]);
    expect(third.scheduler.status()).toMatchObject({ lastWindowRegressions: 1, lastWindowEndpoints: 0 });
  });

  it('catches up on a bounded number of windows, and counts those that it skips', async () => {
    const store = await migrated();
    const { scheduler, clock, lines, registry } = schedulerAt(store, { aggregationWindowMinutes: 1 });
    clock.nowMs = DAY_START_MS - DAY_MS + GRACE_MS;
    await scheduler.closeDue();
    const minutes = 1443;
    await store.command(
      `INSERT INTO ${store.database}.endpoint_minutely (minute, service, requests)
       SELECT toDateTime({start:UInt32}) + number * 60, 'shop', 1 FROM numbers({minutes:UInt32})`,
      { start: (DAY_START_MS - DAY_MS) / 1000, minutes },
    );
    clock.nowMs = DAY_START_MS - DAY_MS + minutes * MINUTE_MS + GRACE_MS;
    const closing = scheduler.closeDue();
    // The rest of a thousand windows is not what is tested here.
    await expect.poll(() => scheduler.status().windowsSkipped, { timeout: 10_000 }).toBe(2);
    await scheduler.close();
    await closing;
    expect(lines).toContainEqual(expect.stringMatching(/^warning more than 1440 windows were missed/));
    expect(await registry.metrics()).toContain('profiler_windows_total{outcome="skipped"} 2');
  });

  it('compares although the derivation fails, and says so', async () => {
    const store = await migrated();
    await insertRequests(store, { startMs: DAY_START_MS, count: 1, durationMs: 1 });
    const { scheduler, clock, lines } = schedulerAt(store, {}, () => Promise.reject(new Error('no room')));
    clock.nowMs = DAY_START_MS + HOUR_MS;
    expect(await scheduler.compute()).toMatchObject({ endpoints: 1 });
    expect(lines).toContain('error the derivation before a window failed Error: no room');
  });
});
