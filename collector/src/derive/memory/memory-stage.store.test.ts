import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { randomNumbers } from '../../store/generated-spans.ts';
import { migrate } from '../../store/migrate.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { temporaryDirectory } from '../../store/temporary-directory.ts';
import type { MemoryLimits } from './memory-limits.ts';
import { type RandomRow, randomTraces } from './random-traces.ts';
import { derivationOf, spanId, ToldStore, traceId } from './told-store.ts';

async function migrated(): Promise<Store> {
  const directory = await temporaryDirectory();
  const store = await openStore({ dataDir: directory.path });
  onTestFinished(async () => {
    await store.close();
    await directory.remove();
  });
  await migrate(store, { retentionDays: 7 });
  return store;
}

/** What is derived, but for when. */
async function derived(store: Store): Promise<Record<string, object[]>> {
  const tables: Record<string, object[]> = {};
  for (const table of ['request_queries', 'exceptions', 'request_minutely', 'finding_minutely']) {
    const time = table.endsWith('minutely') ? 'computed_at' : 'inserted_at';
    const states = table === 'finding_minutely' ? ', repeats_quantiles' : '';
    const rows = await store.query<object>(
      `SELECT * EXCEPT (${time}${states}) FROM ${store.database}.${table} FINAL ORDER BY ALL`,
    );
    tables[table] = rows;
  }
  return tables;
}

/** What the stage that asks the store makes of the same spans, from nothing. */
async function asked(store: Store): Promise<Record<string, object[]>> {
  for (const table of [
    'request_queries',
    'exceptions',
    'request_minutely',
    'finding_minutely',
    'query_minutely',
    'progress',
  ]) {
    await store.command(`TRUNCATE TABLE ${store.database}.${table}`);
  }
  await derivationOf(store).settle();
  return derived(store);
}

interface Course {
  readonly seed: number;
  readonly logs?: boolean;
  readonly memory?: MemoryLimits;
  /** Chance after an insertion: that everything is derived, that another process takes over, that it does so untold of this one. */
  readonly runs: number;
  readonly restarts: number;
  readonly untold?: number;
}

async function insertAll(store: Store, rows: readonly RandomRow[], course: Course): Promise<ToldStore> {
  const random = randomNumbers(course.seed + 1);
  let told = await ToldStore.open(store, course.memory);
  for (let first = 0; first < rows.length; ) {
    const batch = rows.slice(first, first + 1 + Math.floor(random() ** 2 * 60));
    first += batch.length;
    const isUntold = random() < (course.untold ?? 0);
    for (const table of ['spans', 'log_exceptions'] as const) {
      const own = batch.filter((it) => it.table === table).map((it) => it.row);
      if (own.length > 0) await told.insert(table, own, !isUntold);
    }
    if (random() < course.runs) await told.derivation.settle();
    if (isUntold || random() < course.restarts) {
      // Half of them end in good order, and half as by a kill.
      if (random() < 0.5) await told.derivation.close();
      told = await ToldStore.open(store, course.memory);
    }
  }
  await told.derivation.settle();
  return told;
}

describe('from memory comes what would come from the store', () => {
  it.each([
    ['when all is there', { seed: 1, logs: true, runs: 0, restarts: 0 }],
    ['when it was stored by other processes', { seed: 7, logs: true, runs: 0, restarts: 0.2 }],
    ['when memory has room for none of it', { seed: 8, logs: true, runs: 0, restarts: 0, memory: { rowsMax: 40 } }],
    ['with runs between', { seed: 2, runs: 0.4, restarts: 0 }],
    ['when memory holds only a part', { seed: 3, runs: 0.4, restarts: 0, memory: { rowsMax: 150 } }],
    ['when memory is smaller than an insertion', { seed: 4, runs: 0.4, restarts: 0, memory: { rowsMax: 40 } }],
    [
      'when it forgets what it saw',
      { seed: 9, runs: 0.4, restarts: 0, memory: { rowsMax: 150, seen: { generationsMax: 2, idsPerGeneration: 5 } } },
    ],
    ['after restarts', { seed: 5, runs: 0.3, restarts: 0.1 }],
    [
      'when it ends between storing and telling, and memory is small',
      { seed: 6, runs: 0.3, restarts: 0.05, untold: 0.05, memory: { rowsMax: 150 } },
    ],
  ] as [string, Course][])('%s', async (_, course) => {
    const store = await migrated();
    const told = await insertAll(store, randomTraces(80, course.seed, { logs: course.logs ?? false }), course);
    const fromMemory = await derived(store);
    expect(told.derivation.status()).toMatchObject({ failedRuns: 0, backlog: 0 });
    expect(fromMemory.request_queries!.length).toBeGreaterThan(50);
    expect(fromMemory.exceptions!.length).toBeGreaterThan(25);
    expect(fromMemory).toEqual(await asked(store));
  });
});

describe('who inserts more than memory has room for', () => {
  const requests = (letter: string) =>
    Array.from({ length: 30 }, (_, index) => ({
      timestamp: BigInt(Date.now()) * 1_000_000n,
      trace_id: traceId(`${letter}${index}`),
      span_id: spanId('entry'),
      kind: 2,
      entry: 1,
      service: 'shop',
    }));

  it('waits until what is there is derived', async () => {
    const told = await ToldStore.open(await migrated(), { rowsMax: 40, roomWaitMs: 60_000 });
    await told.derivation.settle();
    await told.insert('spans', requests('a'));
    let isTaken = false;
    const second = told.insert('spans', requests('b')).then(() => {
      isTaken = true;
    });
    await expect.poll(() => told.derivation.status().backlog).toBe(30);
    await sleep(100);
    expect(isTaken).toBe(false);
    await told.derivation.settle();
    await second;
    await told.derivation.settle();
    expect(told.derivation.status()).toMatchObject({ backlog: 0, derivedTraces: 60 });
  });

  it('does not wait for ever: what found no room is read from the store', async () => {
    const told = await ToldStore.open(await migrated(), { rowsMax: 40, roomWaitMs: 50 });
    await told.derivation.settle();
    await told.insert('spans', requests('a'));
    await told.insert('spans', requests('b'));
    expect(told.derivation.status().backlog).toBe(30);
    await told.derivation.settle();
    const { backlog, derivedTraces } = told.derivation.status();
    expect(backlog).toBe(0);
    expect(derivedTraces).toBeGreaterThanOrEqual(60);
  });
});

describe('what comes of a trace later', () => {
  const query = { query_text: 'SELECT ?', fingerprint: 7n, kind: 3, service: 'shop' };
  const entry = { trace_id: traceId('t'), span_id: spanId('entry'), kind: 2, entry: 1, service: 'shop' };
  const child = (name: string) => ({
    ...query,
    trace_id: traceId('t'),
    span_id: spanId(name),
    parent_span_id: spanId('entry'),
  });
  const at = (minutesAgo: number) => ({ timestamp: BigInt(Date.now() - minutesAgo * 60_000) * 1_000_000n });
  const calls = async (store: Store) =>
    (await store.query<{ calls: number }>(`SELECT calls FROM ${store.database}.request_queries FINAL`)).map(
      (row) => row.calls,
    );

  it('is read from the store when the trace was forgotten long ago', async () => {
    const store = await migrated();
    const told = await ToldStore.open(store, { rowsMax: 4, seen: { generationsMax: 1, idsPerGeneration: 1 } });
    await told.insert('spans', [
      { ...entry, ...at(30) },
      { ...child('first'), ...at(30) },
    ]);
    await told.derivation.settle();
    for (let other = 0; other < 12; other++) {
      await told.insert('spans', [{ ...entry, ...at(0), trace_id: traceId(`other${other}`) }]);
      await told.derivation.settle();
    }
    await told.insert('spans', [{ ...child('second'), ...at(30) }]);
    await told.derivation.settle();
    expect(await calls(store)).toEqual([2]);
    await told.derivation.close();
  });

  it('is not waited for: a run derives what is quiet, and holds back the rest', async () => {
    const store = await migrated();
    const told = await ToldStore.open(store);
    await told.derivation.runOnce();
    await told.insert('spans', [
      { ...entry, ...at(1) },
      { ...child('first'), ...at(1) },
    ]);
    expect(await told.derivation.runOnce()).toMatchObject({ traces: 0, backlog: 0 });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await told.derivation.runOnce()).toMatchObject({ traces: 1, requestQueries: 1, minutes: 1 });
    expect(await told.derivation.runOnce()).toMatchObject({ traces: 0, minutes: 0 });
    await told.derivation.close();
  });

  it('takes back what a log record stood for when its span comes after it was given up', async () => {
    const store = await migrated();
    const told = await ToldStore.open(store);
    const { trace_id } = entry;
    const record = { ...at(1), trace_id, service: 'shop', exception_type: 'Error', exception_message: 'no' };
    await told.insert('log_exceptions', [{ ...record, span_id: spanId('late') }]);
    await told.derivation.settle();
    const occurrences = () =>
      store.query<{ id: string }>(`SELECT occurrence_id AS id FROM ${store.database}.exceptions FINAL ORDER BY id`);
    expect(await occurrences()).toEqual([{ id: spanId('late') }]);
    await told.insert('spans', [
      { ...entry, ...at(1) },
      { ...child('late'), ...at(1) },
    ]);
    await told.derivation.settle();
    expect(await occurrences()).toEqual([{ id: entry.span_id }]);
    await told.derivation.close();
  });

  it('is made good when derived rows could not be inserted', async () => {
    const store = await migrated();
    const told = await ToldStore.open(store);
    await told.insert('spans', [
      { ...entry, ...at(1) },
      { ...child('first'), ...at(1) },
    ]);
    await store.command(`RENAME TABLE ${store.database}.request_queries TO ${store.database}.elsewhere`);
    await expect(told.derivation.settle()).rejects.toThrow(/request_queries/);
    await store.command(`RENAME TABLE ${store.database}.elsewhere TO ${store.database}.request_queries`);
    await told.derivation.settle();
    expect(await calls(store)).toEqual([1]);
    await told.derivation.close();
  });
});
