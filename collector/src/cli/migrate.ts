/** `profiler migrate`: brings a database to the tables of this version, or prints what would do so. */
import { join } from 'node:path';
import type { StartFlags } from '../config.ts';
import { migrate, renderMigrations } from '../store/migrate.ts';
import { openStore } from '../store/open-store.ts';
import { StoreError } from '../store/store.ts';
import { CliError, EXIT } from './exit-code.ts';
import type { Output } from './output.ts';
import { readSettings } from './start.ts';

export interface MigrateFlags {
  readonly dryRun?: true;
  readonly cluster?: string;
}

export async function runMigrate(
  flags: StartFlags,
  { dryRun, cluster }: MigrateFlags,
  output: Output,
): Promise<number> {
  const { clickhouseUrl, dataDir, retentionDays } = readSettings(flags);
  try {
    if (dryRun) {
      output.data(renderMigrations({ retentionDays, cluster }).trimEnd());
      return EXIT.ok;
    }
    const store = await openStore(
      clickhouseUrl === undefined ? { dataDir: join(dataDir, 'clickhouse') } : { url: clickhouseUrl },
    );
    try {
      const { applied, retentionChanged } = await migrate(store, { retentionDays, cluster });
      for (const name of applied) output.data(`applied ${name}`);
      for (const table of retentionChanged) output.data(`retention of ${table} is now ${retentionDays} days`);
      if (applied.length + retentionChanged.length === 0)
        output.note('nothing to do: the tables are those of this version');
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new CliError(error.message);
    throw error;
  }
  return EXIT.ok;
}
