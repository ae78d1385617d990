/** One scenario, in a process of its own: `simulate-scenario SEED INDEX MONTHS TRIALS`. JSON on stdout, progress on stderr. */
import { SCENARIOS } from './simulation-plan.ts';
import { countFalseAlerts, countFound, type FalseAlerts, nothingFound } from './trials.ts';

const [seed, index, months, trials] = process.argv.slice(2).map(Number) as [number, number, number, number];
const scenario = SCENARIOS[index]!;
const started = process.cpuUsage();
let shownMs = 0;

function progress(done: number): void {
  const nowMs = Date.now();
  if (nowMs - shownMs < 500 && done < months + trials) return;
  shownMs = nowMs;
  const share = done / (months + trials);
  const bar = '='.repeat(Math.round(share * 30)).padEnd(30, '.');
  const line = `${scenario.name.padEnd(26)} [${bar}] ${Math.floor(share * 100)} %`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}${share === 1 ? '\n' : ''}`);
  else if (share === 1) process.stderr.write(`${line}\n`);
}

const falseAlerts: FalseAlerts = { endpointMonths: 0, alerts: { ratio: 0, p95x2: 0, scan: 0 } };
for (let endpoint = 0; falseAlerts.endpointMonths < months; endpoint++) {
  countFalseAlerts(seed, index, scenario.traffic, endpoint, falseAlerts);
  progress(Math.min(months, falseAlerts.endpointMonths));
}
const found = nothingFound();
for (let trial = 0; found['+20 %'].trials < trials; trial++) {
  countFound(seed, index, scenario, trial, found);
  progress(months + found['+20 %'].trials);
}
const { user, system } = process.cpuUsage(started);
process.stdout.write(JSON.stringify({ falseAlerts, found, cpuSeconds: (user + system) / 1e6 }));
