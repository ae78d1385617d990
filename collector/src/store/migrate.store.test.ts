import { expect, it } from 'vitest';
import { eachStore } from './each-store.ts';
import { migrate } from './migrate.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import type { Store } from './store.ts';

eachStore('migrate', (open) => {
  const applied = (store: Store) =>
    store.query('SELECT version, name, checksum FROM schema_migrations FINAL ORDER BY version');
  const changed = (migrations: readonly Migration[], version: number): Migration[] =>
    migrations.map((migration) =>
      migration.version === version ? { ...migration, checksum: 'of another text' } : migration,
    );
  const definition = async (store: Store, table: string) => {
    const rows = await store.query<{ engine_full: string }>(
      'SELECT engine_full FROM system.tables WHERE database = {database:String} AND name = {table:String}',
      { database: store.database, table },
    );
    return rows[0]?.engine_full;
  };

  it('makes the tables and records what it applied', async () => {
    const store = await open();
    const migrations = readMigrations();
    const result = await migrate(store, { retentionDays: 7 });
    expect(result).toEqual({ applied: migrations.map(({ name }) => name), retentionChanged: [] });
    expect(await applied(store)).toEqual(
      migrations.map(({ version, name, checksum }) => ({ version, name, checksum })),
    );
    expect(await store.query('SELECT count() AS n FROM otel_traces')).toEqual([{ n: 0 }]);
  });

  it('applies nothing twice, and what is new next time', async () => {
    const store = await open();
    const migrations = readMigrations();
    await migrate(store, { retentionDays: 7, migrations: migrations.slice(0, 3) });
    expect((await migrate(store, { retentionDays: 7 })).applied).toEqual(migrations.slice(3).map(({ name }) => name));
    expect((await migrate(store, { retentionDays: 7 })).applied).toEqual([]);
  });

  it('runs by several at once', async () => {
    const store = await open();
    await Promise.all([migrate(store, { retentionDays: 7 }), migrate(store, { retentionDays: 7 })]);
    expect(await applied(store)).toHaveLength(readMigrations().length);
  });

  it('finishes what was interrupted', async () => {
    const store = await open();
    const [first, ...rest] = readMigrations();
    const broken = { ...first!, template: `${first!.template}; CREATE TABLE {DATABASE}.x (` };
    await expect(migrate(store, { retentionDays: 7, migrations: [broken, ...rest] })).rejects.toMatchObject({
      code: 62,
    });
    expect(await applied(store)).toEqual([]);
    expect((await migrate(store, { retentionDays: 7 })).applied).toHaveLength(rest.length + 1);
  });

  it('refuses when a file was changed after it was applied', async () => {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    const migrations = changed(readMigrations(), 2);
    await expect(migrate(store, { retentionDays: 7, migrations })).rejects.toMatchObject({
      message: expect.stringMatching(/Migration 2 \(requests\) was changed after it was applied/),
      retryable: false,
    });
  });

  it('refuses a database of a newer version', async () => {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    const migrations = readMigrations().slice(0, -1);
    await expect(migrate(store, { retentionDays: 7, migrations })).rejects.toThrow(/migrated by a newer one/);
  });

  it('gives another retention to the raw tables and the minutes that outlast them, and to no other', async () => {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    const rollup = await definition(store, 'endpoint_minutely');
    const result = await migrate(store, { retentionDays: 3 });
    const raw = ['log_exceptions', 'request_queries', 'requests', 'spans'];
    expect(result.retentionChanged.toSorted()).toEqual([...raw, 'query_minutely', 'request_minutely'].toSorted());
    for (const table of result.retentionChanged) expect(await definition(store, table)).toContain('toIntervalDay(3)');
    expect(await definition(store, 'endpoint_minutely')).toBe(rollup);
    expect((await migrate(store, { retentionDays: 3 })).retentionChanged).toEqual([]);
  });
});
