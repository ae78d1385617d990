import type { MeasuredRun } from './measured-run.ts';
import type { TableRow } from './table.ts';

/** What the write path is meant to hold on two cores; beside each figure, so that a miss is seen. */
const TARGETS = {
  spansPerSecond: '>= 60,000',
  rss: '<= 600',
  acknowledgeP99: '<= 250',
  loopP999: '<= 50',
  apiP95: '<= 300',
  bytesPerSpan: '<= 60',
};

const MIB = 2 ** 20;

/** A run as lines of a table, in the order in which a person asks. */
export function runRows(run: MeasuredRun): TableRow[] {
  const { load, atEnd, api } = run;
  const perSecond = (spans: number) => Math.round(spans / load.elapsedSeconds);
  const millions = load.acknowledgedSpans / 1e6;
  const shape = `${load.encoding}${load.gzip ? ', gzip' : ''}, ${load.spansPerBody} spans and ${Math.round(load.bytesPerBody / 1024)} KiB a body, ${load.connections} connections`;
  const rows: TableRow[] = [
    ['load', shape],
    ['seconds', load.elapsedSeconds],
    ['offered, spans/s', perSecond(load.offeredSpans)],
    ['acknowledged, spans/s', perSecond(load.acknowledgedSpans), TARGETS.spansPerSecond],
  ];
  if (atEnd !== undefined) rows.push(['stored meanwhile, spans/s', perSecond(atEnd.stored), TARGETS.spansPerSecond]);
  rows.push(
    ['refused spans', load.refusedSpans],
    ['refusals by status', statuses(load.refusals)],
    ['acknowledge p50, ms', load.acknowledgeMs.p50],
    ['acknowledge p99, ms', load.acknowledgeMs.p99, TARGETS.acknowledgeP99],
    ['acknowledge max, ms', load.acknowledgeMs.max],
    ['load late at most, ms', load.lateMsMax],
    ['CPU of the collector, cores', run.cpuSeconds / load.elapsedSeconds],
    ['CPU s per million spans, until stored', run.cpuSecondsToDrained / millions],
    ['CPU s per million spans, until derived too', run.cpuSecondsToDerived / millions],
    ...threadRows(run.threadSecondsToDerived, millions),
    ['CPU of the load, cores', load.cpuSeconds / load.elapsedSeconds],
    ['RSS peak, MiB', run.rssBytesPeak / MIB, TARGETS.rss],
    ['RSS at 25, 50, 75, 100 %, MiB', run.rssBytesAt.map((bytes) => Math.round(bytes / MIB)).join(' ')],
  );
  if (atEnd !== undefined) {
    rows.push(
      ['event loop delay p99, ms', atEnd.eventLoopDelayMs.p99],
      ['event loop delay p99.9, ms', atEnd.eventLoopDelayMs.p999, TARGETS.loopP999],
      ['event loop delay max, ms', atEnd.eventLoopDelayMs.max],
    );
  }
  if (api !== undefined) {
    rows.push(
      ['dashboard API p50, ms', api.p50Ms],
      ['dashboard API p95, ms', api.p95Ms, TARGETS.apiP95],
      ['dashboard API max, ms', api.maxMs],
      ['dashboard API asked, failed', `${api.asked}, ${api.failed}`],
    );
  }
  if (atEnd !== undefined) {
    rows.push(
      ['spool left at the end, MiB', atEnd.spoolBytes / MIB],
      ['inserts that failed', atEnd.failedInserts],
      ['runs of the derivation that failed', atEnd.derivationFailures],
      ['derivation backlog at the end, spans', atEnd.derivationBacklog],
      ['seconds until all was stored', run.drainSeconds ?? 'not in time'],
      ['seconds until all was derived', run.deriveSeconds ?? 'not in time'],
    );
  }
  return [...rows, ...auditRows(run)];
}

/** The threads that matter, by name. */
function threadRows(seconds: MeasuredRun['threadSecondsToDerived'], millions: number): TableRow[] {
  const rows = Object.entries(seconds).map(([name, of]): TableRow => [`  of thread ${name}`, of / millions]);
  return rows.filter(([, of]) => Number(of) >= 0.1);
}

function auditRows({ audit }: MeasuredRun): TableRow[] {
  if (audit === undefined) return [];
  const bytes = Object.values(audit.bytesOnDisk).reduce((sum, of) => sum + of, 0);
  const byTable = Object.entries(audit.bytesOnDisk).map(
    ([table, of]) => [`  of ${table}`, of / Math.max(1, audit.storedSpans)] as const,
  );
  const byColumn = Object.entries(audit.spansBytesByColumn).map(
    ([column, of]) => [`    of spans.${column}`, of / Math.max(1, audit.storedSpans)] as const,
  );
  return [
    ['bytes on disk per span', bytes / Math.max(1, audit.storedSpans), TARGETS.bytesPerSpan],
    ...byTable.filter(([, of]) => of >= 0.1),
    ...byColumn.filter(([, of]) => of >= 1),
    ['acknowledged = stored spans', `${audit.acknowledgedSpans} ${audit.storedSpans}`],
    ['missing, twice, unexpected', `${audit.missingSpans}, ${audit.duplicateSpans}, ${audit.unexpectedSpans}`],
    ['requests = minutes = hours', Object.values(audit.requests).join(' ')],
    ['minutes of endpoints that differ', audit.minutelyMismatches],
  ];
}

function statuses(refusals: Readonly<Record<string, number>>): string {
  const named = Object.entries(refusals).map(
    ([status, count]) => `${count} x ${status === '0' ? 'no answer' : status}`,
  );
  return named.join(', ') || 'none';
}
