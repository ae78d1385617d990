import { setTimeout as sleep } from 'node:timers/promises';
import { onAuditedSite } from '../audited-site.ts';
import { Dice } from '../dice.ts';
import { type Scenario, type ScenarioOptions, ScenarioReport } from '../scenario.ts';

/** Open requests get 5 s, what is acknowledged another 5 s to be stored. */
const STOP_MS_MAX = 15_000;

export const stop: Scenario = {
  name: 'stop',
  about: 'SIGTERM in the middle of traffic, and sometimes a second one at once',
  unit: 'rounds',
  run,
};

async function run(options: ScenarioOptions): Promise<ScenarioReport> {
  const report = new ScenarioReport('stop', options.seed);
  const dice = new Dice(options.seed);
  await onAuditedSite(options, report, dice, { storage: 'embedded' }, async ({ site, stretch, ended }) => {
    for (let round = 1; round <= options.count; round++) {
      const twice = round % 4 === 0;
      stretch(twice ? 'SIGTERM twice' : 'SIGTERM');
      const collector = site.startCollector();
      await collector.ready;
      await sleep(dice.between(100, 1_500));
      await ended('the collector ended by itself', (await collector.crashed()) ?? 'runs', 'runs');
      collector.tell('SIGTERM');
      if (twice) {
        await sleep(dice.between(0, 200));
        collector.tell('SIGTERM');
      }
      const how = await Promise.race([collector.ended, sleep(STOP_MS_MAX, `still there after ${STOP_MS_MAX} ms`)]);
      // The second ends it as if nobody had listened, unless it is gone by then.
      if (!(twice && how === 'SIGTERM')) await ended(twice ? 'SIGTERM twice' : 'stopping', how, 'exit 0');
      if (collector.isRunning) await collector.end('SIGKILL');
      report.did(twice ? 'SIGTERM twice' : 'SIGTERM');
      options.progress(`round ${round} of ${options.count}`);
    }
  });
  return report;
}
