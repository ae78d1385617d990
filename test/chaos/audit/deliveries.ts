import type { Store } from '../../../collector/src/store/store.ts';
import { CHECK, type Findings } from '../findings.ts';
import type { Entry, Ledger } from '../traffic/ledger.ts';
import type { MomentOf } from './difference.ts';

/**
 * What senders know against what is stored, span by span and record by record: what was acknowledged is there once; what
 * never was, once or not at all; a body whole or not at all; and nothing that nobody sent.
 */
export async function auditDeliveries(
  store: Store,
  ledger: Ledger,
  findings: Findings,
  moment: MomentOf,
): Promise<void> {
  const { database } = store;
  const spans = await copies(store, `SELECT span_id AS id, count() AS copies FROM ${database}.spans GROUP BY id`);
  const logs = await copies(
    store,
    `SELECT exception_message AS id, count() AS copies FROM ${database}.log_exceptions GROUP BY id`,
  );
  for (const entry of ledger.entries) {
    auditBody(entry, 'span', entry.spanIds, spans, findings, moment);
    auditBody(entry, 'log record', entry.logMessages, logs, findings, moment);
  }
  for (const [id] of [...spans, ...logs]) findings.add(CHECK.alien, id);
}

/** Takes what it finds out of `stored`, so that what nobody sent is left. */
function auditBody(
  entry: Entry,
  what: string,
  ids: readonly string[],
  stored: Map<string, number>,
  findings: Findings,
  moment: MomentOf,
): void {
  const found = ids.map((id) => stored.get(id) ?? 0);
  for (const id of ids) stored.delete(id);
  const lacking = found.filter((count) => count === 0).length;
  const surplus = found.filter((count) => count > 1).length;
  const story = `${entry.fate}, sent ${entry.sends} times, made in ${entry.version}, ${moment(entry.version)}`;
  const example = (count: number) => `${count} of the ${ids.length} ${what}s of a body, as ${ids[0]} (${story})`;
  if (surplus > 0 && !entry.mayRepeat) findings.add(CHECK.duplicate, example(surplus), surplus);
  if (entry.mayBeLost) return;
  if (lacking > 0 && entry.fate === 'acknowledged') findings.add(CHECK.missing, example(lacking), lacking);
  else if (lacking > 0 && lacking < ids.length) findings.add(CHECK.torn, example(lacking), lacking);
}

async function copies(store: Store, sql: string): Promise<Map<string, number>> {
  const rows = await store.query<{ id: string; copies: number }>(sql, {}, { executionSecondsMax: 120 });
  return new Map(rows.map(({ id, copies }) => [id, copies]));
}
