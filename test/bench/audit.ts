import { openStore } from '../../collector/src/store/open-store.ts';
import type { Store } from '../../collector/src/store/store.ts';
import type { Ledger } from './ledger.ts';
import { RUN_AND_BODY_SQL, runAndBody } from './load-ids.ts';

/** What the stored data says, against what the load was answered. */
export interface Audit {
  readonly acknowledgedSpans: number;
  readonly storedSpans: number;
  /** Rows of `spans` that have the ids of another. */
  readonly duplicateSpans: number;
  /** Of acknowledged bodies. */
  readonly missingSpans: number;
  /** Of bodies that were refused, or never sent. */
  readonly unexpectedSpans: number;
  /** Of bodies that were never answered. */
  readonly unknownSpansStored: number;
  readonly storedEntries: number;
  /** Requests by every table that counts them. */
  readonly requests: { readonly requests: number; readonly minutely: number; readonly hourly: number };
  /** Rows of `endpoint_minutely`, merged, that differ from what the spans say, either way. */
  readonly minutelyMismatches: number;
  /** Of the parts in use, by table, the largest first; and of `spans`, by column, its indexes apart. */
  readonly bytesOnDisk: Readonly<Record<string, number>>;
  readonly spansBytesByColumn: Readonly<Record<string, number>>;
  /** One sentence each; none when all is as it must be. */
  readonly faults: readonly string[];
}

/** Counts in a store that nobody else has open: the data directory of a collector that has stopped. */
export async function audit(clickhouseDir: string, ledger: Ledger): Promise<Audit> {
  const store = await openStore({ dataDir: clickhouseDir });
  try {
    return await auditStore(store, ledger);
  } finally {
    await store.close();
  }
}

const LONG = { executionSecondsMax: 600 };

export async function auditStore(store: Store, ledger: Ledger): Promise<Audit> {
  const number = async (sql: string) => Number((await store.query<{ n: number }>(sql, {}, LONG))[0]!.n);
  const bodies = await auditBodies(store, ledger);
  const acknowledgedEntries = sum(ledger, 'acknowledged', 'entries');
  const storedEntries = await number('SELECT countIf(entry = 1 AND ignored = 0) AS n FROM spans');
  const requests = {
    requests: await number('SELECT count() AS n FROM requests'),
    minutely: await number('SELECT sum(requests) AS n FROM endpoint_minutely'),
    hourly: await number('SELECT sum(requests) AS n FROM endpoint_hourly'),
  };
  const minutelyMismatches = await number(MINUTELY_MISMATCHES_SQL);
  const sizes = await store.query<{ table: string; bytes: number }>(
    'SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = {database:String} GROUP BY table ORDER BY bytes DESC',
    { database: store.database },
  );
  const columns = await store.query<{ column: string; bytes: number }>(
    `SELECT column, sum(column_data_compressed_bytes + column_marks_bytes) AS bytes FROM system.parts_columns
     WHERE active AND database = {database:String} AND table = 'spans' GROUP BY column ORDER BY bytes DESC`,
    { database: store.database },
  );
  const faults = [
    bodies.missingSpans > 0 && `${bodies.missingSpans} acknowledged spans are not stored`,
    bodies.duplicateSpans > 0 && `${bodies.duplicateSpans} spans are stored more than once`,
    bodies.unexpectedSpans > 0 && `${bodies.unexpectedSpans} spans are stored that were refused or never sent`,
    bodies.unknownSpansStored === 0 &&
      storedEntries !== acknowledgedEntries &&
      `${storedEntries} of ${acknowledgedEntries} acknowledged requests are stored`,
    ...Object.entries(requests).map(
      ([table, count]) =>
        count !== storedEntries && `${table} counts ${count} requests, the spans say ${storedEntries}`,
    ),
    minutelyMismatches > 0 && `${minutelyMismatches} minutes of endpoints differ from their spans`,
  ].filter((fault) => fault !== false);
  const bytesOnDisk = Object.fromEntries(sizes.map(({ table, bytes }) => [table, bytes]));
  const spansBytesByColumn = Object.fromEntries(columns.map(({ column, bytes }) => [column, bytes]));
  return { ...bodies, storedEntries, requests, minutelyMismatches, bytesOnDisk, spansBytesByColumn, faults };
}

/** Body by body, by the number that each trace id carries. */
async function auditBodies(store: Store, ledger: Ledger) {
  const rows = await store.query<{ body: string; stored: number; distinct: number }>(
    `SELECT toString(${RUN_AND_BODY_SQL}) AS body, count() AS stored, uniqExact(cityHash64(trace_id, span_id)) AS distinct
     FROM spans GROUP BY body`,
    {},
    LONG,
  );
  const entryOf = new Map(ledger.entries.map((entry) => [String(runAndBody(ledger.run, entry.body)), entry]));
  const counts = { storedSpans: 0, duplicateSpans: 0, missingSpans: 0, unexpectedSpans: 0, unknownSpansStored: 0 };
  const distinctOf = new Map<string, number>();
  for (const { body, stored, distinct } of rows) {
    const entry = entryOf.get(body);
    counts.storedSpans += stored;
    counts.duplicateSpans += stored - distinct;
    distinctOf.set(body, distinct);
    if (entry === undefined || entry.outcome === 'refused') counts.unexpectedSpans += distinct;
    else if (entry.outcome === 'unknown') counts.unknownSpansStored += distinct;
    else if (distinct > entry.spans) counts.unexpectedSpans += distinct - entry.spans;
  }
  for (const [body, { outcome, spans }] of entryOf) {
    if (outcome === 'acknowledged') counts.missingSpans += Math.max(0, spans - (distinctOf.get(body) ?? 0));
  }
  return { acknowledgedSpans: sum(ledger, 'acknowledged', 'spans'), ...counts };
}

function sum({ entries }: Ledger, outcome: string, what: 'spans' | 'entries'): number {
  return entries.reduce((total, entry) => (entry.outcome === outcome ? total + entry[what] : total), 0);
}

const KEY = 'minute, service, environment, version, method, route';
const MINUTELY_SQL = `
  SELECT ${KEY}, sum(requests) AS n, sum(errors) AS e, sum(slow_requests) AS s, sum(duration_ns_sum) AS d,
    min(duration_ns_min) AS low, max(duration_ns_max) AS high
  FROM endpoint_minutely GROUP BY ${KEY}`;
const BRUTE_FORCE_SQL = `
  SELECT toStartOfMinute(toDateTime(timestamp, 'UTC')) AS minute, service, environment, version, method, route,
    toUInt64(count()) AS n, toUInt64(sum(error)) AS e, toUInt64(sum(slow)) AS s, sum(duration_ns) AS d,
    min(duration_ns) AS low, max(duration_ns) AS high
  FROM spans WHERE entry = 1 AND ignored = 0 GROUP BY ${KEY}`;
const MINUTELY_MISMATCHES_SQL = `
  SELECT (SELECT count() FROM (${MINUTELY_SQL} EXCEPT ${BRUTE_FORCE_SQL}))
       + (SELECT count() FROM (${BRUTE_FORCE_SQL} EXCEPT ${MINUTELY_SQL})) AS n`;
