import { describe, expect, it } from 'vitest';
import { renderMigrations } from './migrate.ts';
import { type Migration, readMigrations, renderTemplate } from './migration-files.ts';
import { retainedTables } from './retention.ts';

const migration = (template: string): Migration => ({ version: 1, name: 'one', checksum: 'c', template });

describe('the files', () => {
  const migrations = readMigrations();

  it('are numbered without a gap, from 1', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it('can be applied again, and name the database, the cluster and the replication everywhere', () => {
    for (const { name, template } of migrations) {
      const statements = renderMigrations({ retentionDays: 7, migrations: [migration(template)] });
      expect(statements, name).not.toMatch(/\{[A-Z_]+\}/);
      for (const line of template.matchAll(/^CREATE .*$/gm)) {
        expect(line[0]).toMatch(/IF NOT EXISTS|OR REPLACE/);
        expect(line[0]).toContain('{DATABASE}.');
        expect(line[0]).toContain('{ON_CLUSTER}');
      }
      for (const engine of template.matchAll(/^ENGINE = .*$/gm)) expect(engine[0]).toContain('{R}');
    }
  });

  it('declare every time in UTC', () => {
    for (const { name, template } of migrations) {
      const types = [...template.matchAll(/(?<!\w)DateTime(?:64)?\b(?!\()|(?<!\w)DateTime(?:64)?\([^)]*\)/g)].map(
        (match) => match[0],
      );
      expect(
        types.filter((type) => !type.includes("'UTC'")),
        name,
      ).toEqual([]);
    }
  });

  it('let tokens deduplicate in every table that a view fills from spans, and in spans', () => {
    const all = migrations.map(({ template }) => template).join('\n');
    const targets = [...all.matchAll(/ TO \{DATABASE\}\.(\w+) AS/g)].map((match) => match[1]!);
    expect(targets).toContain('endpoint_hourly');
    for (const table of ['spans', ...targets]) {
      const create = new RegExp(`CREATE TABLE IF NOT EXISTS \\{DATABASE\\}\\.${table} .*?;`, 's').exec(all)![0];
      expect(create, table).toContain('{DEDUP}');
    }
  });
});

describe('a template', () => {
  const template = `CREATE TABLE IF NOT EXISTS {DATABASE}.t {ON_CLUSTER} (n UInt8)
ENGINE = {R}ReplacingMergeTree(n)
ORDER BY n
TTL t + INTERVAL {RETENTION_DAYS} DAY
SETTINGS {DEDUP};`;

  it('is rendered for one server', () => {
    expect(renderTemplate(template, { database: 'profiler', retentionDays: 7 })).toMatchInlineSnapshot(`
      "CREATE TABLE IF NOT EXISTS profiler.t  (n UInt8)
      ENGINE = ReplacingMergeTree(n)
      ORDER BY n
      TTL t + INTERVAL 7 DAY
      SETTINGS non_replicated_deduplication_window = 1000;"
    `);
  });

  it('is rendered for a cluster', () => {
    expect(renderTemplate(template, { database: 'apm', retentionDays: 30, cluster: 'main-1' })).toMatchInlineSnapshot(`
      "CREATE TABLE IF NOT EXISTS apm.t ON CLUSTER 'main-1' (n UInt8)
      ENGINE = ReplicatedReplacingMergeTree(n)
      ORDER BY n
      TTL t + INTERVAL 30 DAY
      SETTINGS replicated_deduplication_window = 1000;"
    `);
  });

  it('with a placeholder, cluster, database or retention that is none is refused', () => {
    const options = { database: 'profiler', retentionDays: 7 };
    expect(() => renderTemplate('{NOPE}', options)).toThrow('{NOPE}');
    expect(() => renderTemplate('', { ...options, cluster: "x' SYNC" })).toThrow('cluster');
    expect(() => renderTemplate('', { ...options, database: 'a b' })).toThrow('database');
    expect(() => renderTemplate('', { ...options, retentionDays: 0.5 })).toThrow('days');
  });
});

describe('renderMigrations', () => {
  it('gives all of it for one server', () => {
    expect(renderMigrations({ retentionDays: 7 })).toMatchSnapshot();
  });

  it('gives all of it for a cluster', () => {
    expect(renderMigrations({ retentionDays: 7, cluster: 'main' })).toMatchSnapshot();
  });
});

describe('retainedTables', () => {
  it('are those that hold raw data, and the minutes that are computed from it', () => {
    const tables = retainedTables(readMigrations(), { database: 'profiler', retentionDays: 3 });
    const raw = 'toDateTime(timestamp) + INTERVAL 3 DAY';
    const minutes = 'minute + INTERVAL 3 DAY + INTERVAL 14 DAY';
    expect(Object.fromEntries(tables.map(({ table, ttl }) => [table, ttl]))).toEqual({
      spans: raw,
      requests: raw,
      request_queries: raw,
      log_exceptions: raw,
      request_minutely: minutes,
      query_minutely: minutes,
    });
  });
});
