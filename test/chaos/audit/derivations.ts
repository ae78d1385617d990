import { Registry } from 'prom-client';
import { createDerivation } from '../../../collector/src/derive/derivation.ts';
import { migrate } from '../../../collector/src/store/migrate.ts';
import { openStore } from '../../../collector/src/store/open-store.ts';
import type { Store } from '../../../collector/src/store/store.ts';
import type { Findings } from '../findings.ts';
import { compare, derived, figuresOf, type MomentOf } from './difference.ts';
import { COUNTED_BY_THE_APP } from './entry-rows.ts';

const REQUEST = ['service', 'environment', 'method', 'route'] as const;

const SCRATCH = 'scratch';
const LATER_MS = 1_000;

const OF_REQUESTS = ['query_count', 'query_ns', 'n_plus_one_requests'];
const OF_QUERIES = [
  'query_text',
  'calls',
  'requests',
  'duration_ns_sum',
  'duration_ns_max',
  'finalizeAggregation(duration_ns_quantiles)',
];

interface Derived {
  readonly table: string;
  readonly key: readonly string[];
  readonly figures: readonly string[];
  /** Start of what is computed when it is over. */
  readonly hour?: string;
}

/** Tables that hold what is derived: their keys, and what must be the same however the spans came in. */
const TABLES: readonly Derived[] = [
  {
    table: 'request_queries',
    key: ['timestamp', 'trace_id', 'entry_span_id', 'source', 'fingerprint', 'loop_path', 'db_system'],
    figures: [...REQUEST, 'request_duration_ns', 'query_text', 'calls', 'repeats', 'duration_ns', 'duration_ns_max'],
  },
  {
    table: 'exceptions',
    key: ['service', 'exception_key', 'trace_id', 'occurrence_id'],
    figures: ['timestamp', 'environment', 'method', 'route', 'exception_type', 'exception_message'],
  },
  {
    table: 'request_minutely',
    key: ['minute', ...REQUEST],
    figures: OF_REQUESTS,
  },
  {
    table: 'query_minutely',
    key: ['minute', ...REQUEST, 'fingerprint', 'db_system'],
    figures: OF_QUERIES,
  },
  {
    table: 'request_hourly',
    key: ['hour', ...REQUEST],
    figures: OF_REQUESTS,
    hour: 'hour',
  },
  {
    table: 'query_hourly',
    key: ['hour', ...REQUEST, 'fingerprint', 'db_system'],
    figures: OF_QUERIES,
    hour: 'hour',
  },
  {
    table: 'finding_minutely',
    key: ['minute', ...REQUEST, 'finding_key'],
    figures: [
      'fingerprint',
      'loop_path',
      'query_text',
      'repeated_requests',
      'slow_requests',
      'many_requests',
      'finalizeAggregation(repeats_quantiles)',
      'repeats_max',
      'saved_ns_sum',
      'duration_ns_sum',
      'duration_ns_max',
      'request_duration_ns_sum',
    ],
  },
];

/**
 * What was derived while spans came and processes died, against the same derivation over all stored spans in an empty
 * database. What instrumented apps counted themselves is copied there: nothing derives it.
 */
export async function auditDerivations(
  store: Store,
  origin: string,
  findings: Findings,
  moment: MomentOf,
): Promise<void> {
  const startedAtSeconds = Math.floor(Date.now() / 1000);
  await store.command(`DROP DATABASE IF EXISTS ${SCRATCH} SYNC`);
  const scratch = await openStore({ url: `${origin}/${SCRATCH}` });
  try {
    await migrate(scratch, { retentionDays: 7 });
    const [from, to] = [store.database, scratch.database];
    await scratch.command(`INSERT INTO ${to}.spans SELECT * FROM ${from}.spans`);
    await scratch.command(`INSERT INTO ${to}.log_exceptions SELECT * FROM ${from}.log_exceptions`);
    await scratch.command(
      `INSERT INTO ${to}.request_queries SELECT * FROM ${from}.request_queries FINAL WHERE source = 'entry'`,
    );
    await scratch.command(
      `INSERT INTO ${to}.exceptions SELECT * FROM ${from}.exceptions FINAL WHERE ${COUNTED_BY_THE_APP}`,
    );
    await settle(store);
    await settle(scratch);
    for (const { table, key, figures, hour } of TABLES) {
      const rest = hour === undefined ? {} : { where: `${hour} + 3600 <= toDateTime(${startedAtSeconds}, 'UTC')` };
      const select = (database: string) => figuresOf(`${database}.${table} FINAL`, key, figures, rest);
      await compare(store, { check: derived(table), stored: select(from), expected: select(to) }, findings, moment);
    }
  } finally {
    await scratch.close();
    await store.command(`DROP DATABASE IF EXISTS ${SCRATCH} SYNC`);
  }
}

/** Goes on from where the last run recorded that it was; later, by its clock, than anything that arrived. */
async function settle(store: Store): Promise<void> {
  const log = { info() {}, warn() {}, error() {} };
  const thresholds = { nPlusOneThreshold: 3, slowQueryThresholdMs: 100 };
  const latestMs = Math.max(Date.now(), await latestStampMs(store));
  const startedAt = performance.now();
  const now = () => Math.floor(latestMs + LATER_MS + performance.now() - startedAt);
  const derivation = createDerivation({ store, ...thresholds, registry: new Registry(), log, now });
  try {
    await derivation.settle();
  } finally {
    await derivation.close();
  }
}

/**
 * The clock that stamps what arrives may have been hours ahead. Stamps of computed minutes are not asked for: one that is too
 * far ahead would keep the collector from ever replacing it, and must do so here.
 */
async function latestStampMs(store: Store): Promise<number> {
  const selects = ['spans', 'log_exceptions', 'request_queries', 'exceptions'].map(
    (table) => `SELECT max(inserted_at) AS at FROM ${store.database}.${table}`,
  );
  const [row] = await store.query<{ latestMs: number }>(
    `SELECT toUnixTimestamp64Milli(max(at)) AS latestMs FROM (${selects.join(' UNION ALL ')})`,
  );
  return row!.latestMs;
}
