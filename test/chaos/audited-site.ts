import { readFile } from 'node:fs/promises';
import { audit } from './audit/audit.ts';
import type { Dice } from './dice.ts';
import { CHECK } from './findings.ts';
import type { ScenarioOptions, ScenarioReport } from './scenario.ts';
import { Site, type SiteOptions } from './site.ts';
import { Traffic, type TrafficOptions } from './traffic/traffic.ts';

export interface AuditedSite {
  readonly site: Site;
  readonly traffic: Traffic;
  readonly dice: Dice;
  /** Begins a new stretch of traffic, which an audit names by what happened at its end. */
  stretch(what: string): void;
  /** Whatever ended unasked, or in another way than it should. */
  ended(what: string, how: string, expected: string): Promise<void>;
}

export interface AuditOptions extends SiteOptions {
  readonly traffic?: Partial<Pick<TrafficOptions, 'senders' | 'pauseMsMax' | 'ageMs'>>;
  /** Whether segments may have been set aside, because that is what was done. @default false */
  readonly quarantines?: boolean;
}

/** No connection, too much at once, not now. All else would make an SDK drop what it sent. */
const ALLOWED: ReadonlySet<number> = new Set([0, 429, 503]);

let runs = 0;

/** Lets things happen to a fresh site under traffic, then lets it come to rest, and audits what is stored. */
export async function onAuditedSite(
  { seed, keep, progress }: ScenarioOptions,
  report: ScenarioReport,
  dice: Dice,
  options: AuditOptions,
  happen: (audited: AuditedSite) => Promise<void>,
): Promise<void> {
  const foundBefore = report.findings.count();
  const site = await Site.open(options);
  const traffic = new Traffic({ origin: site.origin, dice: dice.fork(), run: seed + ++runs, ...options.traffic });
  const story = new Map<string, string>();
  let stretches = 0;
  const audited: AuditedSite = {
    site,
    traffic,
    dice,
    stretch(what) {
      stretches++;
      traffic.version = `k${stretches}`;
      story.set(traffic.version, what);
    },
    async ended(what, how, expected) {
      if (how === expected) return;
      const log = await readFile(site.logFile, 'utf8').catch(() => '');
      report.findings.add(
        `${CHECK.process}${what}`,
        `${how}, expected ${expected}; it said: ${log.trim().slice(-600)}`,
      );
    },
  };
  const momentOf = (version: string) => story.get(version) ?? 'at rest';
  try {
    traffic.start();
    await happen(audited);
    audited.stretch('at rest');
    await rest(audited, report, options.quarantines ?? false);
    report.add(traffic.ledger);
    for (const [status, count] of traffic.ledger.refusals) {
      if (!ALLOWED.has(status)) report.findings.add(`${CHECK.process}answers ${status}`, `${count} times`, count);
    }
    if (traffic.ledger.partial > 0) {
      report.findings.add(`${CHECK.process}spans rejected`, `${traffic.ledger.partial} bodies`, traffic.ledger.partial);
    }
    await site.readStore((origin) => audit(origin, traffic.ledger, report.findings, momentOf));
  } catch (cause) {
    report.findings.add(
      `${CHECK.process}the scenario broke off`,
      cause instanceof Error ? (cause.stack ?? '') : String(cause),
    );
    await audited.ended('the collector ended by itself', (await site.collector?.crashed()) ?? 'runs', 'runs');
  } finally {
    await traffic.stop();
    await site.stop();
    const found = report.findings.count() - foundBefore;
    progress(`${found} differences in ${site.directory}`);
    if (keep || found > 0) report.notes.push(`kept: ${site.directory}`);
    else await site.remove();
  }
}

/** A last start, if none runs; until everything sent is acknowledged, stored and derived; then a proper stop. */
async function rest(
  { site, traffic, ended }: AuditedSite,
  report: ScenarioReport,
  quarantines: boolean,
): Promise<void> {
  const collector = site.collector?.isRunning ? site.collector : site.startCollector();
  if (!(await collector.ready)) throw new Error('the collector does not start');
  await traffic.drained();
  const { ingest } = await site.settled();
  if (!quarantines && ingest.quarantinedSegments > 0) {
    report.findings.add(`${CHECK.process}segments set aside`, String(ingest.quarantinedSegments));
  }
  if (Object.keys(ingest.refusedRows).length > 0) {
    report.findings.add(`${CHECK.process}rows refused by the store`, JSON.stringify(ingest.refusedRows));
  }
  await ended('stopping', await collector.end('SIGTERM'), 'exit 0');
}
