import {
  type Migration,
  type RenderOptions,
  readMigrations,
  renderMigration,
  renderTemplate,
} from './migration-files.ts';
import { applyRetention, retainedTables } from './retention.ts';
import { type Store, StoreError } from './store.ts';

export interface MigrateOptions {
  /** How long raw spans are kept, in days. */
  readonly retentionDays: number;
  /** Name of a cluster in the server's configuration. @default undefined: one server */
  readonly cluster?: string | undefined;
  /** @default the files of the package */
  readonly migrations?: readonly Migration[];
}

export interface MigrateResult {
  /** Names of the migrations that were applied now, in order. */
  readonly applied: readonly string[];
  /** Tables that got another retention. */
  readonly retentionChanged: readonly string[];
}

const HISTORY = `CREATE TABLE IF NOT EXISTS {DATABASE}.schema_migrations {ON_CLUSTER}
(
    version UInt32,
    name String,
    checksum String,
    applied_at DateTime64(3, 'UTC')
)
ENGINE = {R}ReplacingMergeTree(applied_at)
ORDER BY version`;

/**
 * Brings the database to the tables of this version: applies what is not applied yet, and records it. Every statement
 * can run again, so a migration that was interrupted is simply run again. Throws {@link StoreError}: permanent when what
 * was applied is not what this version would have applied.
 */
export async function migrate(store: Store, options: MigrateOptions): Promise<MigrateResult> {
  const migrations = options.migrations ?? readMigrations();
  const render: RenderOptions = { database: store.database, ...options };
  if (options.cluster !== undefined) {
    await store.command(renderTemplate('CREATE DATABASE IF NOT EXISTS {DATABASE} {ON_CLUSTER}', render));
  }
  await store.command(renderTemplate(HISTORY, render));
  const pending = unapplied(migrations, await history(store));
  for (const migration of pending) {
    for (const statement of renderMigration(migration, render)) await store.command(statement);
    const { version, name, checksum } = migration;
    await store.insertRows('schema_migrations', [{ version, name, checksum, applied_at: new Date().toISOString() }]);
  }
  const retentionChanged = await applyRetention(store, retainedTables(migrations, render), render);
  return { applied: pending.map((migration) => migration.name), retentionChanged };
}

/** Everything that {@link migrate} would run on an empty database, to read or to apply by hand. */
export function renderMigrations(options: MigrateOptions & { readonly database?: string }): string {
  const render: RenderOptions = { ...options, database: options.database ?? 'profiler' };
  const migrations = options.migrations ?? readMigrations();
  const statements = [
    renderTemplate(
      `CREATE DATABASE IF NOT EXISTS {DATABASE} {ON_CLUSTER}${options.cluster === undefined ? 'ENGINE = Atomic' : ''}`,
      render,
    ),
    renderTemplate(HISTORY, render),
    ...migrations.flatMap((migration) => renderMigration(migration, render)),
  ];
  return statements.map((statement) => `${statement};\n`).join('\n');
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

async function history(store: Store): Promise<Applied[]> {
  return store.query<Applied>(
    `SELECT version, name, checksum FROM ${store.database}.schema_migrations FINAL ORDER BY version`,
  );
}

function unapplied(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const row of applied) {
    const migration = known.get(row.version);
    if (migration === undefined) {
      throw refused(
        `The database has migration ${row.version} (${row.name}), which this version of profiler does not know: it was ` +
          'migrated by a newer one. Run that version, or point this one at another database or data directory',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw refused(
        `Migration ${row.version} (${row.name}) was changed after it was applied to this database. Restore the file and ` +
          'put the change into a migration of its own',
      );
    }
  }
  const done = new Set(applied.map((row) => row.version));
  return migrations.filter((migration) => !done.has(migration.version));
}

function refused(message: string): StoreError {
  return new StoreError(message, { retryable: false, code: 0 });
}
