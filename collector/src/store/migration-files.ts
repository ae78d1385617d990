import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { splitStatements } from './sql-tokens.ts';

/**
 * The tables as plain SQL, one file a version: `0001_spans.sql`. The files are templates, one text for a laptop and for a
 * cluster; what a file was when it was applied is known by the checksum of the template, whatever it was rendered for.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
  readonly template: string;
}

export interface RenderOptions {
  readonly database: string;
  /** How long raw spans are kept, in days. */
  readonly retentionDays: number;
  /** Name of a cluster in the server's configuration: tables are made on all of its nodes, and replicated. */
  readonly cluster?: string | undefined;
}

/** The package carries its own copy beside the built code; in the repository the files are at the top. */
export function migrationDirectory(): URL {
  const packaged = new URL('../clickhouse/', import.meta.url);
  return existsSync(packaged) ? packaged : new URL('../../../clickhouse/', import.meta.url);
}

export function readMigrations(directory: URL = migrationDirectory()): Migration[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  const migrations = names.map((file) => {
    const match = /^(\d{4})_(\w+)\.sql$/.exec(file);
    if (match === null) throw new Error(`A migration's file is named like 0001_spans.sql, not ${file}`);
    const template = readFileSync(new URL(file, directory), 'utf8').replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(template).digest('hex');
    return { version: Number(match[1]), name: match[2]!, checksum, template };
  });
  return migrations.sort((a, b) => a.version - b.version);
}

/** The statements of one migration, ready to run in order. */
export function renderMigration(migration: Migration, options: RenderOptions): string[] {
  return splitStatements(renderTemplate(migration.template, options));
}

/** Fills the placeholders; an unknown one is an error, so that none reaches the engine. */
export function renderTemplate(template: string, options: RenderOptions): string {
  const values = placeholders(options);
  return template.replace(/\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Unknown placeholder {${name}}`);
    return value;
  });
}

function placeholders({ database, retentionDays, cluster }: RenderOptions): Readonly<Record<string, string>> {
  if (!/^[A-Za-z_]\w*$/.test(database)) throw new Error(`Not a name of a database: ${JSON.stringify(database)}`);
  if (!Number.isInteger(retentionDays) || retentionDays < 1) {
    throw new Error(`Retention is a whole number of days, not ${retentionDays}`);
  }
  if (cluster !== undefined && !/^[\w.-]+$/.test(cluster)) {
    throw new Error(`Not a name of a cluster: ${JSON.stringify(cluster)}`);
  }
  return {
    DATABASE: database,
    RETENTION_DAYS: String(retentionDays),
    ON_CLUSTER: cluster === undefined ? '' : `ON CLUSTER '${cluster}'`,
    R: cluster === undefined ? '' : 'Replicated',
    // Tokens of recent inserts, so that a batch sent again is not counted again; the source and every view's target need them.
    DEDUP:
      cluster === undefined ? 'non_replicated_deduplication_window = 1000' : 'replicated_deduplication_window = 1000',
  };
}
