/**
 * What is remembered of notifications, in the table `notifications`: pending before the first attempt, sent after the
 * receiver's 2xx, failed after the last retry. The only file that knows the table's columns.
 */
import type { Store } from '../store/store.ts';

export interface NotificationRecord {
  /** The same for the same alert, over restarts. */
  readonly idempotencyKey: string;
  /** {@link import('./target.ts').Target.id} */
  readonly targetId: string;
  readonly state: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  /** `''` when the last attempt did not fail. */
  readonly lastError: string;
  /** As it is sent, byte for byte. */
  readonly body: string;
  readonly createdAtMs: number;
}

interface Row {
  idempotency_key: string;
  target: string;
  state: NotificationRecord['state'];
  attempts: number;
  last_error: string;
  body: string;
  created_at_ms: number;
}

export async function recordNotifications(
  store: Store,
  records: readonly NotificationRecord[],
  nowMs: number,
): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map((record) => ({
    idempotency_key: record.idempotencyKey,
    target: record.targetId,
    state: record.state,
    attempts: record.attempts,
    last_error: record.lastError,
    body: record.body,
    created_at: new Date(record.createdAtMs).toISOString(),
    updated_at: new Date(nowMs).toISOString(),
  }));
  await store.insertRows('notifications', rows);
}

/** Whether a notification is recorded, in whatever state; asked for these keys only. */
export async function notificationsKnown(
  store: Store,
  idempotencyKeys: readonly string[],
): Promise<(idempotencyKey: string, targetId: string) => boolean> {
  const rows = await store.query<{ idempotency_key: string; target: string }>(
    `SELECT DISTINCT idempotency_key, target
     FROM ${store.database}.notifications
     WHERE idempotency_key IN {keys:Array(String)}`,
    { keys: idempotencyKeys },
  );
  const known = new Set(rows.map((row) => `${row.idempotency_key} ${row.target}`));
  return (idempotencyKey, targetId) => known.has(`${idempotencyKey} ${targetId}`);
}

/** Oldest first, at most `countMax`. */
export async function pendingNotifications(store: Store, countMax: number): Promise<NotificationRecord[]> {
  const rows = await store.query<Row>(
    `SELECT idempotency_key, target, state, attempts, last_error, body, toUnixTimestamp64Milli(created_at) AS created_at_ms
     FROM ${store.database}.notifications FINAL
     WHERE state = 'pending'
     ORDER BY created_at, idempotency_key, target
     LIMIT {countMax:UInt32}`,
    { countMax },
  );
  return rows.map((row) => ({
    idempotencyKey: row.idempotency_key,
    targetId: row.target,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    body: row.body,
    createdAtMs: Number(row.created_at_ms),
  }));
}
