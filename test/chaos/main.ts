// `npm run test:chaos -- [scenario...] [--kills N] [--rounds N] [--seed N] [--json] [--keep]`: breaks the built collector
// in every way that is listed, under traffic, and audits what is stored. Exits 1 when anything differs.

import { parseArgs } from 'node:util';
import { hasOwnMounts, rerunWithOwnMounts } from './own-mounts.ts';
import { isGood, reportJson, reportText } from './report.ts';
import type { ScenarioReport } from './scenario.ts';
import { diskFull } from './scenarios/disk-full.ts';
import { SCENARIOS } from './scenarios/index.ts';

const USAGE = `Usage: npm run test:chaos -- [scenario...] [options]

${SCENARIOS.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}

  --kills N                 of each scenario that kills (default 20)
  --rounds N                of each other scenario (default 4)
  --kills-per-directory N   before a directory is audited and another begins (default 50)
  --seed N                  what is sent and done when (default: random, printed)
  --json                    one JSON document on stdout
  --keep                    keep all data directories, not only those of failures
`;

function readFlags() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kills: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '4' },
      'kills-per-directory': { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'kills' | 'rounds' | 'kills-per-directory' | 'seed') => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number`);
    return value;
  };
  const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}`);
  return {
    help: values.help,
    json: values.json,
    chosen: SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    kills: whole('kills'),
    rounds: whole('rounds'),
    killsPerDirectory: Math.max(1, whole('kills-per-directory')),
    seed: whole('seed'),
    keep: values.keep,
  };
}

let flags: ReturnType<typeof readFlags>;
try {
  flags = readFlags();
} catch (cause) {
  process.stderr.write(`${(cause as Error).message}\n\n${USAGE}`);
  process.exit(2);
}
if (flags.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

// As a whole, so that the table at the end is one.
if (flags.chosen.includes(diskFull) && !hasOwnMounts()) {
  const code = rerunWithOwnMounts();
  if (code !== undefined) process.exit(code);
}

const { chosen, kills, rounds, seed, killsPerDirectory, keep, json } = flags;
process.stderr.write(`seed ${seed}\n`);
const reports: ScenarioReport[] = [];
for (const { name, unit, run } of chosen) {
  const startedAt = performance.now();
  const progress = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  const report = await run({ count: unit === 'kills' ? kills : rounds, seed, killsPerDirectory, keep, progress });
  report.seconds = (performance.now() - startedAt) / 1_000;
  reports.push(report);
}
process.stdout.write(`${json ? JSON.stringify(reportJson(reports), null, 2) : reportText(reports)}\n`);
process.exitCode = reports.every(isGood) ? 0 : 1;
