import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onAuditedSite } from '../audited-site.ts';
import { DAMAGES, damage } from '../damage.ts';
import { Dice } from '../dice.ts';
import { CHECK } from '../findings.ts';
import { type Scenario, type ScenarioOptions, ScenarioReport } from '../scenario.ts';
import type { Site } from '../site.ts';

/** A round is each kind of damage once. */
export const damagedSpool: Scenario = {
  name: 'damaged-spool',
  about: 'a file of the spool with a flipped bit, cut short, or with garbage behind it, before a start',
  unit: 'rounds',
  run,
};

async function run(options: ScenarioOptions): Promise<ScenarioReport> {
  const report = new ScenarioReport('damaged-spool', options.seed);
  const dice = new Dice(options.seed);
  const site = { storage: 'embedded' as const, quarantines: true };
  await onAuditedSite(options, report, dice, site, async ({ site, traffic, stretch, ended }) => {
    let collector = site.startCollector();
    const kinds = Array.from({ length: options.count }, () => dice.shuffled(DAMAGES)).flat();
    for (const [index, kind] of kinds.entries()) {
      await collector.ready;
      const setAsideBefore = (await collector.status()).ingest.quarantinedSegments;
      stretch(kind);
      const path = await killWithSpool(site, dice);
      const done = await damage(path, kind, dice, traffic.ledger);
      for (const entry of done.lost) entry.mayBeLost = true;
      for (const entry of done.forgotten) if (entry.fate === 'open') entry.mayRepeat = true;
      report.did(kind);
      collector = site.startCollector();
      const isReady = await collector.ready;
      await ended(`start after: ${kind}`, isReady ? 'ready' : await collector.ended, 'ready');
      if (!isReady) return;
      const { quarantinedSegments } = (await collector.status()).ingest;
      if (done.isRecognisable && quarantinedSegments <= setAsideBefore) {
        report.findings.add(`${CHECK.process}damage not reported`, `${kind} ${done.where}`);
      }
      options.progress(`${index + 1} of ${kinds.length}: ${kind} ${done.where}, ${done.lost.length} bodies at risk`);
    }
  });
  return report;
}

/** Kills the collector while something stands in its spool. @returns the fullest file */
async function killWithSpool(site: Site, dice: Dice): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (!site.collector!.isRunning) await site.startCollector().ready;
    await sleep(dice.between(700, 1_500));
    await site.collector!.end('SIGKILL');
    const files = (await readdir(site.spoolDir, { withFileTypes: true })).filter((entry) => entry.isFile());
    if (files.length > 0) return join(site.spoolDir, dice.pick(files).name);
  }
  throw new Error('the spool was always empty');
}
