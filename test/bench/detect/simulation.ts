/** The simulation alone: `node test/bench/run.mjs detect/simulation --seed 7`. Ends with 1 when a target is missed. */
import { parseArgs } from 'node:util';
import { simulationSection } from './simulation-section.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    months: { type: 'string', default: '1000' },
    trials: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  },
});
const { title, text, result, faults } = await simulationSection({
  seed: Number(values.seed),
  months: Number(values.months),
  trials: Number(values.trials),
});
if (values.json) process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), result, faults })}\n`);
else {
  process.stdout.write(`\n${title}\n\n${text}\n`);
  process.stdout.write(faults.length === 0 ? '\nall targets met\n' : `\nMISSED\n  ${faults.join('\n  ')}\n`);
}
if (faults.length > 0) process.exitCode = 1;
