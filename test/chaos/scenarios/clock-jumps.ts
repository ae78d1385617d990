import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onAuditedSite } from '../audited-site.ts';
import { Dice } from '../dice.ts';
import { type Scenario, type ScenarioOptions, ScenarioReport } from '../scenario.ts';

const HOUR_MS = 3_600_000;
const JUMP_HOURS_MAX = 4;
const JUMPS_PER_ROUND = 4;

/**
 * A round is a few jumps of the collector's clock, by minutes or hours, forwards and backwards, and a kill at the end of
 * it, so that it starts on what it wrote at another time. What is sent happened five hours ago, so that at no moment of
 * any of these clocks it lies ahead, or too far back to be kept.
 */
export const clockJumps: Scenario = {
  name: 'clock-jumps',
  about: "the collector's wall clock jumps by hours, forwards and backwards",
  unit: 'rounds',
  run,
};

async function run(options: ScenarioOptions): Promise<ScenarioReport> {
  const report = new ScenarioReport('clock-jumps', options.seed);
  const dice = new Dice(options.seed);
  const clockDirectory = await mkdtemp(join(tmpdir(), 'profiler-chaos-clock-'));
  const clockFile = join(clockDirectory, 'ahead-ms');
  await writeFile(clockFile, '0');
  const site = {
    storage: 'embedded' as const,
    collector: {
      nodeFlags: ['--require', fileURLToPath(new URL('../shifted-clock.cjs', import.meta.url))],
      env: { CHAOS_CLOCK_FILE: clockFile },
    },
    traffic: { ageMs: (JUMP_HOURS_MAX + 1) * HOUR_MS },
  };
  await onAuditedSite(options, report, dice, site, async ({ site, stretch, ended }) => {
    for (let round = 1; round <= options.count; round++) {
      const collector = site.startCollector();
      await collector.ready;
      for (let jump = 0; jump < JUMPS_PER_ROUND; jump++) {
        const hours = dice.between(-JUMP_HOURS_MAX, JUMP_HOURS_MAX) * (dice.chance(0.3) ? 0.02 : 1);
        stretch(`clock at ${hours.toFixed(2)} h`);
        await writeFile(clockFile, String(Math.round(hours * HOUR_MS)));
        report.did(hours > 0 ? 'jump ahead' : 'jump back');
        await sleep(dice.between(300, 1_800));
        await ended('the collector ended by itself', (await collector.crashed()) ?? 'runs', 'runs');
      }
      await collector.end('SIGKILL');
      report.did('killed');
      options.progress(`round ${round} of ${options.count}`);
    }
  });
  await rm(clockDirectory, { recursive: true });
  return report;
}
