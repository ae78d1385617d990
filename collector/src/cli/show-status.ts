import type { StageFigures, Status } from '../api/types.ts';
import { bytes, moment } from './format.ts';
import { paint } from './table.ts';

/** Sections of `name  value`; figures of a stage are shown as the stage names them. */
export function statusText(status: Status): string {
  const { storage, settings } = status;
  const sections: Record<string, Record<string, unknown>> = {
    collector: { version: status.version, started: moment(status.startedAt), uptimeSeconds: status.uptimeSeconds },
    storage: {
      engine: `${storage.kind}${storage.ready ? '' : ' (does not answer)'}`,
      database: storage.database,
      onDisk: bytes(storage.diskBytes),
      spans: storage.spans,
      requests: storage.requests,
      oldestSpan: storage.oldestSpan === null ? '-' : moment(storage.oldestSpan),
      newestSpan: storage.newestSpan === null ? '-' : moment(storage.newestSpan),
      retentionDays: storage.retentionDays,
    },
    ingest: flat(status.ingest),
    derivation: flat(status.derivation),
    scheduler: flat(status.scheduler),
    notifier: flat(status.notifier),
    ...(status.clickhousePort && { clickhousePort: flat(status.clickhousePort) }),
    process: flat(status.process),
    settings: {
      ...settings,
      ignoredPaths: settings.ignoredPaths.join(' '),
      regressionRules: settings.regressionRules.join(' '),
    },
  };
  return Object.entries(sections)
    .map(([title, rows]) => section(title, rows))
    .join('\n\n');
}

function section(title: string, rows: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  const lines = Object.entries(rows).map(([name, value]) => `  ${name.padEnd(width)}  ${value ?? '-'}`);
  return [paint('bold', title), ...lines].join('\n');
}

/** `rejected.span_too_old`. */
function flat(figures: StageFigures, prefix = ''): Record<string, unknown> {
  const rows: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(figures)) {
    if (value !== null && typeof value === 'object') Object.assign(rows, flat(value, `${prefix}${name}.`));
    else rows[prefix + name] = value;
  }
  return rows;
}
