/**
 * `npm run fuzz:sql -- --bytes 10000000 --seed 1`: fingerprints of hostile texts, by every dialect. Ends with 1 and
 * prints the texts when one throws, is slow, or has a fingerprint that is not its own.
 */
import { parseArgs } from 'node:util';
import { FUZZ_CORPUS } from './fuzz-corpus.fixture.ts';
import { fuzzQueries } from './fuzz-queries.fixture.ts';

const { values } = parseArgs({
  options: { bytes: { type: 'string', default: '10000000' }, seed: { type: 'string', default: '1' } },
});
const [bytes, seed] = [Number(values.bytes), Number(values.seed)];
if (!(bytes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('Usage: npm run fuzz:sql -- [--bytes 10000000] [--seed 1]\n');
  process.exit(2);
}
const startedAt = performance.now();
const { faults, ...outcome } = fuzzQueries({ bytes, seed, corpus: FUZZ_CORPUS });
const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
process.stdout.write(`${JSON.stringify({ seed, seconds, ...outcome, faults: faults.length })}\n`);
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
