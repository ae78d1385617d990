/** What the collector has received, stored and decided since it started, for a person who asks whether it works. */
import type { Config } from '../config.ts';
import type { Store } from '../store/store.ts';
import { isoMoment } from './moment.ts';
import type { Status } from './types.ts';

/** Figures of a stage, as it counts them itself. */
export interface Stage {
  status(): object;
}

export interface StatusSources {
  readonly store: Store;
  readonly config: Config;
  readonly version: string;
  readonly startedAtMs: number;
  readonly ingest: Stage;
  readonly derivation: Stage;
  readonly scheduler: Stage;
  readonly notifier: Stage;
  readonly clickhousePort?: { status(): { readonly url: string } } | undefined;
  readonly process: Stage;
}

interface Row {
  readonly disk_bytes: number;
  readonly span_rows: number;
  readonly request_rows: number;
  readonly oldest_ms: number;
  readonly newest_ms: number;
}

/** Rows and bytes come from the parts' own books, so that asking costs nothing however much is stored. */
const STORAGE_SQL = `
SELECT
  (SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = {database:String}) AS disk_bytes,
  (SELECT sum(rows) FROM system.parts WHERE active AND database = {database:String} AND table = 'spans') AS span_rows,
  (SELECT sum(rows) FROM system.parts WHERE active AND database = {database:String} AND table = 'requests') AS request_rows,
  (SELECT toUnixTimestamp64Milli(toDateTime64(min(timestamp), 3, 'UTC')) FROM spans) AS oldest_ms,
  (SELECT toUnixTimestamp64Milli(toDateTime64(max(timestamp), 3, 'UTC')) FROM spans) AS newest_ms`;

export async function readStatus(sources: StatusSources, nowMs: number): Promise<Status> {
  const { store, config } = sources;
  const rows = await store.query<Row>(STORAGE_SQL, { database: store.database }).catch(() => []);
  const stored = rows[0];
  return {
    version: sources.version,
    startedAt: isoMoment(sources.startedAtMs),
    uptimeSeconds: Math.round((nowMs - sources.startedAtMs) / 1000),
    storage: {
      kind: store.kind,
      database: store.database,
      ready: stored !== undefined,
      diskBytes: stored?.disk_bytes ?? 0,
      spans: stored?.span_rows ?? 0,
      requests: stored?.request_rows ?? 0,
      oldestSpan: stored?.span_rows ? isoMoment(stored.oldest_ms) : null,
      newestSpan: stored?.span_rows ? isoMoment(stored.newest_ms) : null,
      retentionDays: config.retentionDays,
    },
    ingest: figures(sources.ingest),
    derivation: figures(sources.derivation),
    scheduler: { running: false, ...figures(sources.scheduler) },
    notifier: figures(sources.notifier),
    clickhousePort: sources.clickhousePort === undefined ? null : { ...sources.clickhousePort.status() },
    process: figures(sources.process),
    settings: {
      slowRequestThresholdMs: config.slowRequestThresholdMs,
      slowQueryThresholdMs: config.slowQueryThresholdMs,
      nPlusOneThreshold: config.nPlusOneThreshold,
      aggregationWindowMinutes: config.aggregationWindowMinutes,
      ignoredPaths: config.ignoredPaths,
      regressionRules: config.regressionRules,
    },
  };
}

function figures(stage: Stage): Status['ingest'] {
  return { ...stage.status() } as Status['ingest'];
}
