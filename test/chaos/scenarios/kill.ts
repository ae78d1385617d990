import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditedSite, onAuditedSite } from '../audited-site.ts';
import type { CollectorRun } from '../collector-run.ts';
import { Dice } from '../dice.ts';
import { MOMENTS, type Moment, waitFor } from '../moments.ts';
import { type Scenario, type ScenarioOptions, ScenarioReport } from '../scenario.ts';

/** Whom a kill -9 hits. */
type Target = 'collector' | 'server' | 'both';

export const killEmbedded: Scenario = {
  name: 'kill',
  about: 'kill -9 of the collector with its embedded engine, at every moment of its life',
  unit: 'kills',
  run: (options) => run('kill', 'embedded', options),
};

export const killServer: Scenario = {
  name: 'kill-server',
  about: 'kill -9 of the collector, of its ClickHouse server, or of both',
  unit: 'kills',
  run: (options) => run('kill-server', 'server', options),
};

async function run(name: string, storage: 'embedded' | 'server', options: ScenarioOptions): Promise<ScenarioReport> {
  const report = new ScenarioReport(name, options.seed);
  const dice = new Dice(options.seed);
  const durations = new Durations();
  let strikes: Strike[] = [];
  for (let killed = 0; killed < options.count; ) {
    const kills = Math.min(options.killsPerDirectory, options.count - killed);
    await onAuditedSite(options, report, dice, { storage }, async (audited) => {
      for (let kill = 0; kill < kills; kill++) {
        // Every kind as often as the others, in an order of its own.
        if (strikes.length === 0) strikes = dice.shuffled(strikesOn(storage));
        await strike(audited, strikes.pop()!, durations, report);
        options.progress(`${killed + kill + 1} of ${options.count}`);
      }
    });
    killed += kills;
  }
  return report;
}

interface Strike {
  readonly moment: Moment;
  readonly target: Target;
}

function strikesOn(storage: 'embedded' | 'server'): Strike[] {
  const onCollector = MOMENTS.map((moment) => ({ moment, target: 'collector' as const }));
  if (storage === 'embedded') return onCollector;
  // A collector whose server dies while it starts may say so and end; it is started again by whoever runs it.
  const ready = (['receiving', 'inserting', 'deriving'] as const).map((moment) => ({ moment }));
  return [
    ...onCollector,
    ...ready.map((it) => ({ ...it, target: 'server' as const })),
    ...ready.map((it) => ({ ...it, target: 'both' as const })),
  ];
}

async function strike(
  { site, dice, stretch, ended }: AuditedSite,
  { moment, target }: Strike,
  durations: Durations,
  report: ScenarioReport,
): Promise<void> {
  const name = target === 'collector' ? `killed while ${moment}` : `killed ${target} while ${moment}`;
  stretch(name);
  const isRunning = site.collector?.isRunning ?? false;
  const collector = isRunning && moment !== 'starting' ? site.collector! : await start(site, durations);
  const { spoolDir, handoverDir } = site;
  const isSeen = await waitFor(moment, { collector, dice, spoolDir, handoverDir, ...durations.known() });
  report.did(isSeen ? name : `${name} (not seen: at some time)`);
  await ended('the collector ended by itself', (await collector.crashed()) ?? 'runs', 'runs');
  if (target !== 'server') {
    const how = await collector.end('SIGKILL');
    // A stop that was quicker than the kill has to be a proper one.
    if (moment === 'stopping' && how !== 'SIGKILL') await ended('stopping', how, 'exit 0');
  }
  if (target !== 'collector') {
    await site.server!.stop();
    await sleep(dice.between(0, 600));
    await site.startServer();
  }
}

async function start(site: AuditedSite['site'], durations: Durations): Promise<CollectorRun> {
  if (site.collector?.isRunning) await site.collector.end('SIGKILL');
  const startedAt = performance.now();
  const collector = site.startCollector();
  collector.ready.then((isReady) => {
    if (isReady) durations.started(performance.now() - startedAt);
  });
  return collector;
}

/** How long a start takes as a rule, learnt on the way: a random moment of it should be anywhere in it. */
class Durations {
  #startMs = 1_200;

  started(ms: number): void {
    this.#startMs += (ms - this.#startMs) / 4;
  }

  known() {
    return { startMs: this.#startMs, stopMs: 900 };
  }
}
