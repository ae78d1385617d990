import { describe, expect, it, onTestFinished } from 'vitest';
import { randomNumbers } from '../../store/generated-spans.ts';
import { migrate } from '../../store/migrate.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { temporaryDirectory } from '../../store/temporary-directory.ts';
import { type RandomRow, randomTraces } from './random-traces.ts';
import { derivationOf, ToldStore } from './told-store.ts';

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
  readonly memoryRowsMax?: number;
  /** Chance, after an insertion, that the derivation runs, that a new process takes over, that it did so before it was told. */
  readonly runs: number;
  readonly restarts: number;
  readonly untold?: number;
}

async function insertAll(store: Store, rows: readonly RandomRow[], course: Course): Promise<ToldStore> {
  const random = randomNumbers(course.seed + 1);
  let told = await ToldStore.open(store, course.memoryRowsMax);
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
      told = await ToldStore.open(store, course.memoryRowsMax);
    }
  }
  await told.derivation.settle();
  return told;
}

describe('from memory comes what would come from the store', () => {
  it.each([
    ['when all is there', { seed: 1, logs: true, runs: 0, restarts: 0 }],
    ['when it was stored by other processes', { seed: 7, logs: true, runs: 0, restarts: 0.2 }],
    ['when memory has room for none of it', { seed: 8, logs: true, runs: 0, restarts: 0, memoryRowsMax: 40 }],
    ['with runs between', { seed: 2, runs: 0.4, restarts: 0 }],
    ['when memory holds only a part', { seed: 3, runs: 0.4, restarts: 0, memoryRowsMax: 150 }],
    ['when memory is smaller than an insertion', { seed: 4, runs: 0.4, restarts: 0, memoryRowsMax: 40 }],
    ['after restarts', { seed: 5, runs: 0.3, restarts: 0.1 }],
    [
      'when it ends between storing and telling, and memory is small',
      { seed: 6, runs: 0.3, restarts: 0.05, untold: 0.05, memoryRowsMax: 150 },
    ],
  ] as [string, Course][])('%s', async (_, course) => {
    const store = await migrated();
    const told = await insertAll(store, randomTraces(120, course.seed, { logs: course.logs ?? false }), course);
    const fromMemory = await derived(store);
    expect(told.derivation.status()).toMatchObject({ failedRuns: 0, backlog: 0 });
    expect(fromMemory.request_queries!.length).toBeGreaterThan(100);
    expect(fromMemory.exceptions!.length).toBeGreaterThan(50);
    expect(fromMemory).toEqual(await asked(store));
  });
});
