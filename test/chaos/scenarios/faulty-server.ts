import { setTimeout as sleep } from 'node:timers/promises';
import { onAuditedSite } from '../audited-site.ts';
import { Dice } from '../dice.ts';
import { FAULTS, type Fault, FaultyProxy } from '../faulty-proxy.ts';
import { type Scenario, type ScenarioOptions, ScenarioReport } from '../scenario.ts';

const FAULT_MS_MIN = 300;
const FAULT_MS_MAX = 1_600;
/** Between two faults, so that some inserts get through. */
const HEALED_MS_MAX = 900;

/** A round is every fault once, in random order; some follow each other at once. */
export const faultyServer: Scenario = {
  name: 'faulty-server',
  about: 'a server that refuses, hangs, answers 500, cuts connections within a body or an answer, or is slow',
  unit: 'rounds',
  run,
};

async function run(options: ScenarioOptions): Promise<ScenarioReport> {
  const report = new ScenarioReport('faulty-server', options.seed);
  const dice = new Dice(options.seed);
  const proxy = new FaultyProxy(dice.fork());
  const between = (origin: string) => proxy.open(origin);
  try {
    await onAuditedSite(options, report, dice, { storage: 'server', between }, async ({ site, stretch, ended }) => {
      const collector = site.startCollector();
      if (!(await collector.ready)) throw new Error('the collector does not start');
      for (let round = 1; round <= options.count; round++) {
        for (const fault of dice.shuffled(FAULTS.filter((it): it is Fault => it !== 'none'))) {
          stretch(fault);
          await proxy.set(fault);
          await sleep(dice.between(FAULT_MS_MIN, FAULT_MS_MAX));
          report.did(fault);
          if (dice.chance(0.5)) {
            await proxy.set('none');
            await sleep(dice.between(0, HEALED_MS_MAX));
          }
          await ended('the collector ended by itself', (await collector.crashed()) ?? 'runs', 'runs');
        }
        options.progress(`round ${round} of ${options.count}`);
      }
      await proxy.set('none');
    });
  } finally {
    await proxy.close();
  }
  return report;
}
