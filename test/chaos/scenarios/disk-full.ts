import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditedSite, onAuditedSite } from '../audited-site.ts';
import { Dice } from '../dice.ts';
import { CHECK } from '../findings.ts';
import { hasOwnMounts, mountDisk, unmountDisk } from '../own-mounts.ts';
import { type Scenario, type ScenarioOptions, ScenarioReport } from '../scenario.ts';
import type { Ledger } from '../traffic/ledger.ts';

const DISK_MIB = 256;
/** Merges and removed segments make room, which is taken again. */
const REFILL_MS = 150;
const REFUSED_WITHIN_MS = 15_000;
const TAKEN_WITHIN_MS = 30_000;
const POLL_MS = 50;

/** A round: the disk fills up under traffic, stays full for a while (sometimes over a kill -9), and has room again. */
export const diskFull: Scenario = {
  name: 'disk-full',
  about: 'a disk without a byte left, and then with room again',
  unit: 'rounds',
  run,
};

async function run(options: ScenarioOptions): Promise<ScenarioReport> {
  const report = new ScenarioReport('disk-full', options.seed);
  if (!hasOwnMounts()) {
    report.skipped = 'needs to mount a small tmpfs: as root, or by `unshare --user` where the kernel allows it';
    return report;
  }
  const dice = new Dice(options.seed);
  const disk = mkdtempSync(join(tmpdir(), 'profiler-chaos-disk-'));
  mountDisk(disk, DISK_MIB);
  const filler = join(disk, 'filler');
  try {
    const site = { storage: 'embedded' as const, disk, readsCopy: true };
    await onAuditedSite(options, report, dice, site, async (audited) => {
      for (let round = 1; round <= options.count; round++) {
        await fillAndFree(audited, report, filler, round % 3 === 0);
        options.progress(`round ${round} of ${options.count}`);
      }
    });
  } finally {
    unmountDisk(disk);
    rmSync(disk, { recursive: true, force: true });
  }
  return report;
}

async function fillAndFree(
  { site, traffic, dice, stretch, ended }: AuditedSite,
  report: ScenarioReport,
  filler: string,
  kills: boolean,
): Promise<void> {
  stretch(kills ? 'disk full, killed' : 'disk full');
  let collector = site.collector?.isRunning ? site.collector : site.startCollector();
  await collector.ready;
  await sleep(dice.between(300, 1_500));
  fill(filler);
  const refill = setInterval(() => fill(filler), REFILL_MS);
  const refusals = () => traffic.ledger.refusals.get(503) ?? 0;
  await within(REFUSED_WITHIN_MS, refusals, 'a full disk is not refused with 503', report);
  await sleep(dice.between(500, 3_000));
  await ended('the collector ended by itself', (await collector.crashed()) ?? 'runs', 'runs');
  if (kills) await collector.end('SIGKILL');
  clearInterval(refill);
  rmSync(filler);
  report.did(kills ? 'full, killed, freed' : 'full, freed');
  if (kills) collector = site.startCollector();
  await collector.ready;
  await within(TAKEN_WITHIN_MS, () => acknowledged(traffic.ledger), 'with room again, nothing is taken', report);
}

/** Waits until the number grows. */
async function within(waitMs: number, ask: () => number, complaint: string, report: ScenarioReport): Promise<void> {
  const before = ask();
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(POLL_MS)) {
    if (ask() > before) return;
  }
  report.findings.add(`${CHECK.process}${complaint}`, `not within ${waitMs} ms`);
}

const acknowledged = (ledger: Ledger) => ledger.counts().acknowledgedBodies;

/** Takes all room that is left, to the last block. */
function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let bytes = 4 << 20; bytes >= 4_096; ) {
      try {
        if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes /= 4;
      } catch {
        bytes /= 4;
      }
    }
  } finally {
    closeSync(file);
  }
}
