import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { details, headline } from '../notify/headline.ts';
import type { Notification } from '../notify/notification.ts';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { Store } from '../store/store.ts';
import { explainEndpoint } from './explain-endpoint.ts';
import { insertHours } from './hour-rows.ts';
import { listRegressions } from './regressions.ts';
import { createScheduler, GRACE_MS } from './scheduler.ts';

const HOUR_MS = 3_600_000;
const HOURS = 9 * 24;
/** Nine days ago, a whole hour: within what minutes are kept for. */
const START_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOURS * HOUR_MS;
const DEPLOY = HOURS - 20;
const CONFIG = {
  aggregationWindowMinutes: 60,
  regressionRules: ['scan'],
  regressionResponseTimeFactor: 2,
  regressionErrorRateDelta: 0.1,
  regressionMinRequests: 20,
} as const;

function schedulerOf(store: Store) {
  const clock = { nowMs: START_MS };
  const told: Notification[] = [];
  const scheduler = createScheduler({
    store,
    config: CONFIG,
    derivation: { runOnce: async () => {} },
    notifier: {
      start: async () => {},
      notify: async (notifications) => {
        told.push(...notifications);
      },
    },
    registry: new Registry(),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => clock.nowMs,
  });
  const closeHour = async (hour: number) => {
    clock.nowMs = START_MS + (hour + 1) * HOUR_MS + GRACE_MS;
    return (await scheduler.closeDue()).at(-1);
  };
  return { closeHour, told };
}

eachStore('the rule scan', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  it('finds a step of a third with the deploy that brought it, tells it once, and says when it is over', async () => {
    const store = await migrated();
    const step = { startMs: START_MS, hours: HOURS, deployHour: DEPLOY };
    await insertHours(
      store,
      { ...step, route: '/orders', factor: 1.3, until: DEPLOY + 8 },
      { ...step, route: '/pay', errorRate: 0.08, until: DEPLOY + 8 },
      { ...step, route: '/calm' },
    );
    const { closeHour, told } = schedulerOf(store);
    expect(await closeHour(DEPLOY - 1)).toMatchObject({ endpoints: 3, regressions: [] });
    for (let hour = DEPLOY; hour < DEPLOY + 4; hour++) await closeHour(hour);

    const found = await listRegressions(store);
    const startedAt = new Date(START_MS + DEPLOY * HOUR_MS).toISOString();
    expect(found.map(({ endpoint, kind, state, version }) => [endpoint, kind, state, version]).sort()).toEqual([
      ['GET /orders', 'response_time', 'firing', '1.1.0'],
      ['GET /pay', 'error_rate', 'firing', '1.1.0'],
    ]);
    const orders = found.find(({ route }) => route === '/orders')!;
    expect(orders).toMatchObject({ rule: 'scan', signal: 'typical', startedAt });
    expect(orders.change).toBeCloseTo(1.3, 1);
    expect(orders.baseline / 100).toBeCloseTo(1, 1);
    expect(orders.evidence!.since.p50Ms / orders.evidence!.before.p50Ms).toBeCloseTo(1.3, 1);
    expect(orders.evidence!.before.requests).toBeGreaterThan(400 * 24);
    expect(orders.evidence!.z).toBeGreaterThan(orders.evidence!.zMin!);
    expect(orders.explanation).toMatch(
      /^GET \/orders takes [23]\d\.\d % longer since .* Version 1\.1\.0 came with it\.$/,
    );
    const keys = new Set(told.map(({ key }) => key));
    expect([...keys]).toHaveLength(1);

    const explained = async (endpoint: string) => {
      const [only, ...others] = await explainEndpoint(
        store,
        endpoint,
        {},
        CONFIG,
        START_MS + (DEPLOY + 4.5) * HOUR_MS + 123,
      );
      expect(others).toEqual([]);
      return Object.fromEntries(only!.verdicts.map(({ kind, state, reason }) => [kind, `${state}: ${reason}`]));
    };
    expect(await explained('GET /orders')).toMatchObject({
      response_time: expect.stringMatching(/^firing: the geometric mean went from .* over \d windows: z/),
      error_rate: expect.stringMatching(/^quiet: the error rate is .* the last two windows are not both above/),
    });
    expect(await explained('/calm')).toMatchObject({
      response_time: expect.stringMatching(
        /^quiet: (the geometric mean|p95) is .* the last two windows are not both above/,
      ),
    });
    expect(await explainEndpoint(store, '/nowhere', {}, CONFIG, START_MS + DEPLOY * HOUR_MS)).toEqual([]);

    for (let hour = DEPLOY + 4; hour < DEPLOY + 12; hour++) await closeHour(hour);
    const over = await listRegressions(store);
    expect(over.map(({ state, resolvedAt }) => [state, resolvedAt])).toEqual(
      Array(2).fill(['resolved', new Date(START_MS + (DEPLOY + 9) * HOUR_MS).toISOString()]),
    );
    const notices = told.filter(({ change }) => change === 'resolved');
    expect(notices.map(({ regressions }) => regressions.length)).toEqual([2]);
  });

  it('tells fifty endpoints that one deploy made slower in one notification, and nothing twice after a restart', async () => {
    const store = await migrated();
    const step = { startMs: START_MS + 144 * HOUR_MS, hours: HOURS - 144, deployHour: DEPLOY - 144 };
    await insertHours(
      store,
      { ...step, route: '/slower', copies: 49, factor: 1.5 },
      { ...step, route: '/worst', factor: 2.5 },
    );
    await insertNPlusOne(store, '/worst');
    const { closeHour, told } = schedulerOf(store);
    for (let hour = DEPLOY - 1; hour < DEPLOY + 2; hour++) await closeHour(hour);
    const again = schedulerOf(store);
    for (let hour = DEPLOY + 2; hour < DEPLOY + 4; hour++) await again.closeHour(hour);

    expect(await listRegressions(store, { limit: 1000 })).toHaveLength(50);
    const all = [...told, ...again.told].filter(({ change }) => change === 'firing');
    expect([...new Set(all.map(({ key }) => key))]).toHaveLength(1);
    const [first] = all;
    expect(first).toMatchObject({ version: '1.1.0', service: 'shop' });
    expect(first!.regressions).toHaveLength(50);
    expect(first!.regressions[0]!.endpoint).toBe('GET /worst');
    expect(headline(first!)).toMatch(
      /^shop: 50 endpoints regressed since 1\.1\.0; worst: GET \/worst became slower: [\d.]+ ms to [\d.]+ ms$/,
    );
    expect(details(first!)).toMatch(/New N\+1: SELECT \* FROM items WHERE order_id = \?/);
  });
});

/** Evidence of an N+1 in the hours after the deploy, as the derivation writes it. */
async function insertNPlusOne(store: Store, route: string): Promise<void> {
  await store.insertRows('finding_minutely', [
    {
      minute: new Date(START_MS + DEPLOY * HOUR_MS + 60_000).toISOString(),
      finding_key: 7,
      service: 'shop',
      environment: 'production',
      version: '1.1.0',
      method: 'GET',
      route,
      query_text: 'SELECT * FROM items WHERE order_id = ?',
      db_system: 'postgresql',
      repeated_requests: 400,
      duration_ns_sum: 1e9,
      computed_at: new Date().toISOString(),
    },
  ]);
}
