/**
 * Tells each webhook each notification once. A notification is recorded as pending before it is first sent, so that
 * one that a crash cut off is sent again at the next start, with the same `Idempotency-Key`: a receiver that already
 * has it can tell. One queue a target, so that a receiver that does not answer holds up nobody else.
 */
import { Counter, type Registry } from 'prom-client';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { DELIVERY_LIMITS, type DeliveryLimits, deliver } from './delivery.ts';
import { discordBody } from './discord-body.ts';
import { genericBody } from './generic-body.ts';
import { type NotificationRecord, notificationsKnown, pendingNotifications, recordNotifications } from './ledger.ts';
import type { Notification } from './notification.ts';
import { slackBody } from './slack-body.ts';
import { parseTarget, type Target } from './target.ts';

export interface NotifierOptions {
  readonly store: Store;
  /** @default none: then nothing is recorded either. */
  readonly webhookUrls: readonly string[];
  readonly log: Log;
  readonly registry: Registry;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default DELIVERY_LIMITS */
  readonly limits?: Partial<DeliveryLimits>;
  /** Notifications that may wait for one target; more are recorded as failed. @default 1000 */
  readonly queueMax?: number;
  /** How long {@link Notifier.close} waits for receivers that were sent something, in milliseconds. @default 3000 */
  readonly drainMs?: number;
}

export interface Notifier {
  /** Queues what an earlier process left pending. Calling it again does nothing. */
  start(): Promise<void>;
  /** Resolves when the notifications are recorded, for every target; they are sent after that. A key again does nothing. */
  notify(notifications: readonly Notification[]): Promise<void>;
  status(): { targets: number; queued: number; sent: number; failed: number };
  /** Gives what is being sent a moment to be answered; what is left stays pending for the next start. */
  close(): Promise<void>;
}

/** A pending notification older than this is no news any more. */
const PENDING_AGE_MS_MAX = 24 * 3_600_000;
const BODIES = { json: genericBody, slack: slackBody, discord: discordBody };

interface Lane {
  readonly target: Target;
  readonly queue: NotificationRecord[];
  /** Set while the queue is being sent. */
  running: Promise<void> | undefined;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { store, log, registry, now = Date.now, queueMax = 1000, drainMs = 3000 } = options;
  const limits = { ...DELIVERY_LIMITS, ...options.limits };
  const lanes = new Map<string, Lane>();
  for (const url of options.webhookUrls) {
    const target = parseTarget(url);
    lanes.set(target.id, { target, queue: [], running: undefined });
  }
  const outcomes = new Counter({
    name: 'profiler_notifications_total',
    help: 'Notifications by outcome: sent, failed after the last retry or for good, dropped for want of room.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of ['sent', 'failed', 'dropped']) outcomes.inc({ outcome }, 0);
  const stop = new AbortController();
  const abandon = new AbortController();
  const signals = { stop: stop.signal, abandon: abandon.signal };
  let started: Promise<void> | undefined;
  let sent = 0;
  let failed = 0;
  /** Serialises {@link notify}, so that the same key twice at once is recorded once. */
  let recording: Promise<unknown> = Promise.resolve();

  function enqueue(record: NotificationRecord, lane: Lane): void {
    lane.queue.push(record);
    lane.running ??= drain(lane);
  }

  async function drain(lane: Lane): Promise<void> {
    while (!stop.signal.aborted) {
      const record = lane.queue[0];
      if (record === undefined) {
        // At once, not when the promise settles: what is queued in between must start another run.
        lane.running = undefined;
        return;
      }
      const delivery = await deliver(lane.target, record.body, record.idempotencyKey, limits, signals);
      if (delivery.outcome === 'interrupted') return;
      lane.queue.shift();
      const attempts = record.attempts + delivery.attempts;
      if (delivery.outcome === 'sent') {
        sent++;
        await settle({ ...record, state: 'sent', attempts, lastError: '' });
      } else {
        log.error(
          `webhook ${lane.target.label}: gave up on a notification after ${attempts} attempt${attempts === 1 ? '' : 's'}: ${delivery.reason}`,
        );
        await settle({ ...record, state: 'failed', attempts, lastError: delivery.reason });
      }
    }
  }

  /** When the record cannot be written the notification stays pending, and the next start sends it again. */
  async function settle(record: NotificationRecord, outcome: string = record.state): Promise<void> {
    outcomes.inc({ outcome });
    if (record.state === 'failed') failed++;
    await recordNotifications(store, [record], now()).catch((error: unknown) =>
      log.error('a notification could not be recorded', error),
    );
  }

  async function resume(): Promise<void> {
    for (const record of await pendingNotifications(store, queueMax)) {
      const lane = lanes.get(record.targetId);
      if (lane === undefined) await settle({ ...record, state: 'failed', lastError: 'no longer configured' });
      else if (now() - record.createdAtMs > PENDING_AGE_MS_MAX)
        await settle({ ...record, state: 'failed', lastError: 'too old to send' });
      else enqueue(record, lane);
    }
  }

  async function record(notifications: readonly Notification[]): Promise<void> {
    const keysOf = ({ key, coveredBy }: Notification) => [key, ...coveredBy];
    const known = await notificationsKnown(store, notifications.flatMap(keysOf));
    const fresh = [...lanes.values()].flatMap((lane) =>
      notifications
        .filter((notification) => !keysOf(notification).some((key) => known(key, lane.target.id)))
        .map((notification) => ({ lane, record: pendingRecord(notification, lane.target, now()) })),
    );
    await recordNotifications(
      store,
      fresh.map(({ record }) => record),
      now(),
    );
    for (const { lane, record } of fresh) {
      if (lane.queue.length < queueMax) enqueue(record, lane);
      else {
        log.error(`webhook ${lane.target.label}: ${queueMax} notifications wait already; one was dropped`);
        await settle({ ...record, state: 'failed', lastError: 'queue full' }, 'dropped');
      }
    }
  }

  function start(): Promise<void> {
    started ??= resume().catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  }

  return {
    start,
    async notify(notifications) {
      if (lanes.size === 0 || notifications.length === 0) return;
      await start();
      const recorded = recording.then(() => record(notifications));
      recording = recorded.catch(() => {});
      await recorded;
    },
    status: () => ({
      targets: lanes.size,
      queued: [...lanes.values()].reduce((sum, lane) => sum + lane.queue.length, 0),
      sent,
      failed,
    }),
    async close() {
      stop.abort();
      const timer = setTimeout(() => abandon.abort(), drainMs);
      await Promise.all([...lanes.values()].map((lane) => lane.running));
      clearTimeout(timer);
    },
  };
}

function pendingRecord(notification: Notification, target: Target, nowMs: number): NotificationRecord {
  return {
    idempotencyKey: notification.key,
    targetId: target.id,
    state: 'pending',
    attempts: 0,
    lastError: '',
    body: JSON.stringify(BODIES[target.shape](notification)),
    createdAtMs: nowMs,
  };
}
