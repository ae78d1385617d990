// The audit of `npm run test:chaos` finds what it looks for: in a store that is right, nothing; and each kind of wrong
// that was made by hand, in the check that is named for it.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../collector/src/config.ts';
import { OtlpDecoder } from '../../collector/src/otlp/otlp-decoder.ts';
import { type ClickHouseProcess, startClickHouse } from '../../collector/src/store/clickhouse-process.ts';
import { migrate } from '../../collector/src/store/migrate.ts';
import { openStore } from '../../collector/src/store/open-store.ts';
import type { BlockTable, Store } from '../../collector/src/store/store.ts';
import { audit } from '../chaos/audit/audit.ts';
import { Dice } from '../chaos/dice.ts';
import { Findings } from '../chaos/findings.ts';
import { makeBodies } from '../chaos/traffic/body.ts';
import { Ids } from '../chaos/traffic/ids.ts';
import { Ledger } from '../chaos/traffic/ledger.ts';

const REQUESTS = 40;

let server: ClickHouseProcess;
beforeAll(async () => {
  server = await startClickHouse();
});
afterAll(() => server.stop());

/** Stores, in two batches, what some senders sent and had acknowledged. */
async function storeTraffic(store: Store): Promise<Ledger> {
  const ledger = new Ledger();
  const decoder = new OtlpDecoder(readConfig({}, {}));
  const options = { dice: new Dice(5), ids: new Ids(1), version: 'k1', nowMs: Date.now(), gzip: false };
  for (const id of ['1', '2']) {
    const blocks = new Map<BlockTable, Uint8Array[]>();
    const bodies = Array.from({ length: REQUESTS / 2 }, () => makeBodies(options)).flat();
    for (const body of bodies) {
      ledger.opened(body).fate = 'acknowledged';
      const encoding = body.headers['content-type'] === 'application/json' ? 'json' : 'protobuf';
      const signal = body.path === '/v1/logs' ? 'logs' : 'traces';
      for (const { table, bytes } of decoder.decodeAtOnce(signal, encoding, Buffer.from(body.bytes)).blocks) {
        blocks.set(table, [...(blocks.get(table) ?? []), bytes]);
      }
    }
    for (const [table, ofTable] of blocks) await store.insertBlocks(table, ofTable, { id, deduplicationToken: id });
  }
  return ledger;
}

/** What the audit says of a store in which this was done after all was stored. */
async function findingsAfter(tamper: (store: Store, ledger: Ledger) => Promise<void>): Promise<string[]> {
  const cleaner = await openStore({ url: `${server.url}/other` });
  await cleaner.command('DROP DATABASE IF EXISTS profiler SYNC');
  await cleaner.close();
  const store = await openStore({ url: `${server.url}/profiler` });
  try {
    await migrate(store, { retentionDays: 7 });
    const ledger = await storeTraffic(store);
    await tamper(store, ledger);
    const findings = new Findings();
    await audit(server.url, ledger, findings, () => 'at rest');
    return findings.all().map(({ check }) => check);
  } finally {
    await store.close();
  }
}

const sql = (statement: string) => (store: Store) => store.command(statement.replaceAll('@', `${store.database}.`));
const SOME_SPAN = '(SELECT min(span_id) FROM @spans WHERE entry = 1 AND ignored = 0 AND instrumented = 1)';

it('finds nothing wrong with what is right', async () => {
  expect(await findingsAfter(async () => {})).toEqual([]);
});

it.each([
  ['a span that is gone', `DELETE FROM @spans WHERE span_id = ${SOME_SPAN}`, 'missing: acknowledged, not stored'],
  [
    'a span that is there twice',
    `INSERT INTO @spans SELECT * FROM @spans WHERE span_id = ${SOME_SPAN} SETTINGS insert_deduplicate = 0`,
    'duplicate: stored more than once',
  ],
  [
    'a log record that is gone',
    'DELETE FROM @log_exceptions WHERE notEmpty(trace_id)',
    'missing: acknowledged, not stored',
  ],
  ['a request that is gone', `DELETE FROM @requests WHERE span_id = ${SOME_SPAN}`, 'rollup: requests'],
  [
    'an endpoint that is counted twice',
    'INSERT INTO @endpoint_hourly SELECT * FROM @endpoint_hourly LIMIT 1 SETTINGS insert_deduplicate = 0',
    'rollup: endpoint_hourly',
  ],
  [
    'a minute that is gone',
    'DELETE FROM @endpoint_minutely WHERE minute = (SELECT min(minute) FROM @endpoint_minutely)',
    'rollup: endpoint_minutely',
  ],
  [
    'queries that an app counted and that are gone',
    `DELETE FROM @request_queries WHERE entry_span_id = ${SOME_SPAN}`,
    'derived: request_queries of instrumented apps',
  ],
  [
    'exceptions that an app counted and that are gone',
    "DELETE FROM @exceptions WHERE exception_type LIKE 'Failure%'",
    'derived: exceptions of instrumented apps',
  ],
  [
    'an hour of queries that its minutes do not make up',
    "INSERT INTO @request_hourly (hour, service, query_count) SELECT toStartOfHour(now('UTC')) - 7200, 'shop', 5",
    'derived: request_hourly',
  ],
])('finds %s', async (_, statement, check) => {
  expect(await findingsAfter(sql(statement))).toContain(check);
});

it('finds what was derived wrongly, and would not be derived again', async () => {
  const stale = (table: string, column: string, stamp: string) =>
    sql(
      `INSERT INTO @${table} SELECT * REPLACE(${column} + 1 AS ${column}, now64(3, 'UTC') + 3600 AS ${stamp}) FROM @${table} FINAL`,
    );
  const checks = await findingsAfter(async (store, ledger) => {
    // A first audit derives all there is.
    await audit(server.url, ledger, new Findings(), () => 'at rest');
    await stale('request_minutely', 'query_count', 'computed_at')(store);
    await stale('query_minutely', 'duration_ns_sum', 'computed_at')(store);
    await stale('finding_minutely', 'repeated_requests', 'computed_at')(store);
  });
  // An hour goes wrong with its minutes; whether there is one that is over depends on the time of day.
  expect(checks.filter((check) => !check.endsWith('_hourly'))).toEqual([
    'derived: request_minutely',
    'derived: query_minutely',
    'derived: finding_minutely',
  ]);
});

it('asks nothing of what was given up, but that it is not there in part', async () => {
  const giveUp = (ledger: Ledger) => {
    const entry = ledger.entries.find(({ spanIds }) => spanIds.length > 5)!;
    entry.fate = 'given up';
    return entry.spanIds;
  };
  const without = (spanIds: readonly string[]) =>
    sql(`DELETE FROM @spans WHERE span_id IN (${spanIds.map((id) => `'${id}'`).join()})`);
  const whole = await findingsAfter((store, ledger) => without(giveUp(ledger))(store));
  const inPart = await findingsAfter((store, ledger) => without(giveUp(ledger).slice(0, 2))(store));
  expect([whole, inPart].map((checks) => checks.filter((check) => /^(missing|torn)/.test(check)))).toEqual([
    [],
    ['torn: stored in part'],
  ]);
});
