/** What detection is worth, in tables: `npm run bench:detect`. Ends with 1 when a target is missed. */
import { DETECT_USAGE, type DetectOptions, readDetectOptions } from './detect-options.ts';
import { fingerprintSection } from './fingerprint-section.ts';
import type { SectionRun } from './section.ts';
import { simulationSection } from './simulation-section.ts';

const SECTIONS: ReadonlyMap<string, SectionRun> = new Map<string, SectionRun>([
  ['fingerprint', fingerprintSection],
  ['simulation', simulationSection],
]);

let options: DetectOptions;
try {
  options = readDetectOptions(process.argv.slice(2), [...SECTIONS.keys()]);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${DETECT_USAGE}\n`);
  process.exit(2);
}

const results: Record<string, unknown> = { seed: options.seed };
const faults: string[] = [];
for (const name of options.sections) {
  const section = await SECTIONS.get(name)!(options);
  results[name] = section.result;
  faults.push(...section.faults);
  if (!options.json) process.stdout.write(`\n${section.title}\n${section.text}\n`);
}

if (options.json) process.stdout.write(`${JSON.stringify({ ...results, faults })}\n`);
else process.stdout.write(faults.length === 0 ? '\nall targets met\n' : `\nMISSED\n  ${faults.join('\n  ')}\n`);
if (faults.length > 0) process.exitCode = 1;
