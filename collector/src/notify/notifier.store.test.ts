import { Registry } from 'prom-client';
import { afterEach, expect, it } from 'vitest';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { Store } from '../store/store.ts';
import { pendingNotifications } from './ledger.ts';
import { createNotifier, type Notifier, type NotifierOptions } from './notifier.ts';
import { type Receiver, startReceiver } from './test-receiver.ts';
import { testNotification } from './test-regression.ts';

const DAY_MS = 86_400_000;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function receiving(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...args);
  open.push(receiver);
  return receiver;
}

function notifierFor(store: Store, webhookUrls: readonly string[], rest: Partial<NotifierOptions> = {}) {
  const lines: string[] = [];
  const registry = new Registry();
  const say = (message: string, cause?: unknown) => lines.push(`${message} ${cause ?? ''}`);
  const notifier: Notifier = createNotifier({
    store,
    webhookUrls,
    registry,
    log: { info: say, warn: say, error: say },
    limits: { backoffMs: 5, retries: 3, timeoutMs: 2000 },
    drainMs: 50,
    ...rest,
  });
  open.push(notifier);
  return { notifier, lines, registry };
}

interface Recorded {
  readonly key: string;
  readonly state: string;
  readonly attempts: number;
  readonly error: string;
}

function recorded(store: Store): Promise<Recorded[]> {
  return store.query<Recorded>(
    `SELECT idempotency_key AS key, state, attempts, last_error AS error
     FROM ${store.database}.notifications FINAL ORDER BY created_at, key, body`,
  );
}

eachStore('the notifier', (openStore) => {
  async function migrated(): Promise<Store> {
    const store = await openStore();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  it("sends every target its own shape, with the alert's key", async () => {
    const store = await migrated();
    const receiver = await receiving();
    const { notifier } = notifierFor(store, [
      `${receiver.url}/j`,
      `${receiver.url}/s#slack`,
      `${receiver.url}/d#discord`,
    ]);
    await notifier.notify([testNotification()]);
    await expect.poll(() => receiver.received.length).toBe(3);
    const bodies = Object.fromEntries(receiver.received.map(({ path, body }) => [path, JSON.parse(body)]));
    expect(bodies['/j']).toMatchObject({ type: 'response_time', previous_avg_ms: 120.5, current_avg_ms: 890.3 });
    expect(Object.keys(bodies['/s'])).toEqual(['text', 'blocks']);
    expect(Object.keys(bodies['/d'])).toEqual(['content', 'embeds', 'allowed_mentions']);
    expect(receiver.received.map(({ headers }) => headers['idempotency-key'])).toEqual(
      Array(3).fill(testNotification().key),
    );
    await expect.poll(async () => (await recorded(store)).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('has recorded a notification as pending before the receiver sees it', async () => {
    const store = await migrated();
    const receiver = await receiving(() => {});
    const { notifier } = notifierFor(store, [receiver.url]);
    await notifier.notify([testNotification()]);
    expect(await recorded(store)).toEqual([{ key: testNotification().key, state: 'pending', attempts: 0, error: '' }]);
  });

  it('tries again after a 500 and records how often', async () => {
    const store = await migrated();
    const receiver = await receiving((index, response) => response.writeHead(index === 0 ? 500 : 200).end());
    const { notifier } = notifierFor(store, [receiver.url]);
    await notifier.notify([testNotification()]);
    await expect
      .poll(() => recorded(store))
      .toEqual([{ key: testNotification().key, state: 'sent', attempts: 2, error: '' }]);
  });

  it('sends a key once, whether it comes again at once, later, or after a restart', async () => {
    const store = await migrated();
    const receiver = await receiving();
    const { notifier } = notifierFor(store, [receiver.url]);
    await Promise.all([notifier.notify([testNotification()]), notifier.notify([testNotification()])]);
    await expect.poll(async () => (await recorded(store))[0]?.state).toBe('sent');
    await notifier.notify([testNotification()]);
    const { notifier: next } = notifierFor(store, [receiver.url]);
    await next.start();
    await next.notify([testNotification(), testNotification({ key: '00000000000000a2' })]);
    await expect
      .poll(() => receiver.received.map(({ headers }) => headers['idempotency-key']))
      .toEqual(['00000000000000a1', '00000000000000a2']);
  });

  it('sends at the next start what was pending, with the same key and body', async () => {
    const store = await migrated();
    let isUp = false;
    const receiver = await receiving((_, response) => response.writeHead(isUp ? 200 : 503).end());
    const { notifier } = notifierFor(store, [receiver.url], { limits: { backoffMs: 60_000 } });
    await notifier.notify([testNotification()]);
    await expect.poll(() => receiver.received.length).toBe(1);
    await notifier.close();
    expect(await recorded(store)).toMatchObject([{ state: 'pending' }]);

    isUp = true;
    const { notifier: next } = notifierFor(store, [receiver.url]);
    await next.start();
    await expect.poll(async () => (await recorded(store))[0]?.state).toBe('sent');
    const [first, second] = receiver.received;
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(second?.body).toBe(first?.body);
    expect(receiver.received).toHaveLength(2);
  });

  it('does not send at a start what is no news any more, or whose target is gone', async () => {
    const store = await migrated();
    const receiver = await receiving((_, response) => response.writeHead(503).end());
    const nowMs = Date.now();
    const limits = { backoffMs: 60_000 };
    const { notifier } = notifierFor(store, [`${receiver.url}/a`, `${receiver.url}/b`], { limits });
    await notifier.notify([testNotification()]);
    await notifier.close();
    const { notifier: next } = notifierFor(store, [`${receiver.url}/a`], { now: () => nowMs + 2 * DAY_MS });
    const seen = receiver.received.length;
    await next.start();
    expect((await recorded(store)).map(({ state, error }) => `${state}: ${error}`).sort()).toEqual([
      'failed: no longer configured',
      'failed: too old to send',
    ]);
    expect(await pendingNotifications(store, 10)).toEqual([]);
    expect(receiver.received).toHaveLength(seen);
  });

  it('records what a receiver refuses, logs it by host, and shows the secret of the URL nowhere', async () => {
    const store = await migrated();
    const receiver = await receiving((_, response) => response.writeHead(403).end());
    const { host } = new URL(receiver.url);
    const { notifier, lines, registry } = notifierFor(store, [`http://user:hunter2@${host}/hunter2?token=hunter2`]);
    await notifier.notify([testNotification()]);
    await expect.poll(async () => (await recorded(store))[0]).toMatchObject({ state: 'failed', error: 'HTTP 403' });
    expect(lines).toEqual([`webhook ${host}: gave up on a notification after 1 attempt: HTTP 403 `]);
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:hunter2').toString('base64')}`);
    expect(JSON.stringify(await store.query(`SELECT * FROM ${store.database}.notifications`))).not.toContain('hunter2');
    expect(await registry.metrics()).toContain('profiler_notifications_total{outcome="failed"} 1');
    expect(notifier.status()).toEqual({ targets: 1, queued: 0, sent: 0, failed: 1 });
  });

  it('lets a target that does not answer hold up no other', async () => {
    const store = await migrated();
    const silent = await receiving(() => {});
    const prompt = await receiving();
    const { notifier } = notifierFor(store, [silent.url, prompt.url], { limits: { timeoutMs: 60_000 } });
    const regressions = Array.from({ length: 5 }, (_, index) => testNotification({ key: `key-${index}` }));
    await notifier.notify(regressions);
    await expect.poll(() => prompt.received.length).toBe(5);
    expect(silent.received).toHaveLength(1);
  });

  it('bounds what waits, and says what was dropped', async () => {
    const store = await migrated();
    const silent = await receiving(() => {});
    const { notifier, lines, registry } = notifierFor(store, [silent.url], {
      queueMax: 2,
      limits: { timeoutMs: 60_000 },
    });
    await notifier.notify(Array.from({ length: 3 }, (_, index) => testNotification({ key: `key-${index}` })));
    expect((await recorded(store)).map(({ state, error }) => `${state} ${error}`)).toEqual([
      'pending ',
      'pending ',
      'failed queue full',
    ]);
    expect(lines).toHaveLength(1);
    expect(await registry.metrics()).toContain('profiler_notifications_total{outcome="dropped"} 1');
  });

  it('records nothing without a webhook', async () => {
    const store = await migrated();
    const { notifier } = notifierFor(store, []);
    await notifier.start();
    await notifier.notify([testNotification()]);
    expect(await recorded(store)).toEqual([]);
  });
});
