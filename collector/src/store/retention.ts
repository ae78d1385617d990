import type { Migration, RenderOptions } from './migration-files.ts';
import { renderTemplate } from './migration-files.ts';
import { splitStatements } from './sql-tokens.ts';
import type { Store } from './store.ts';

/** A table whose rows go after the retention of raw spans, with the rule as the table would be created with it. */
export interface RetainedTable {
  readonly table: string;
  /** `toDateTime(timestamp) + INTERVAL 7 DAY` */
  readonly ttl: string;
}

/** The tables of these migrations whose templates name the retention. */
export function retainedTables(migrations: readonly Migration[], options: RenderOptions): RetainedTable[] {
  return migrations.flatMap((migration) =>
    splitStatements(migration.template).flatMap((statement) => {
      const match =
        /^CREATE TABLE IF NOT EXISTS \{DATABASE\}\.(\w+) .*^TTL ([^\n]*\{RETENTION_DAYS\} DAY[^\n]*)$/ms.exec(
          statement,
        );
      return match === null ? [] : [{ table: match[1]!, ttl: renderTemplate(match[2]!, options) }];
    }),
  );
}

/** Gives tables that exist the retention asked for, where theirs is another. Returns the names of those it changed. */
export async function applyRetention(
  store: Store,
  tables: readonly RetainedTable[],
  options: RenderOptions,
): Promise<string[]> {
  const rows = await store.query<{ name: string; days: number }>(
    `SELECT name, toUInt32OrZero(extract(engine_full, 'toIntervalDay\\\\((\\\\d+)\\\\)')) AS days
     FROM system.tables WHERE database = {database:String}`,
    { database: store.database },
  );
  const daysOf = new Map(rows.map((row) => [row.name, row.days]));
  const changed = tables.filter(({ table }) => daysOf.has(table) && daysOf.get(table) !== options.retentionDays);
  for (const { table, ttl } of changed) {
    await store.command(renderTemplate(`ALTER TABLE {DATABASE}.${table} {ON_CLUSTER} MODIFY TTL ${ttl}`, options));
  }
  return changed.map(({ table }) => table);
}
