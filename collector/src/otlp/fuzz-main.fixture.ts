/**
 * `npm run fuzz:otlp -- --bodies 5000000 --seed 1 --minutes 60 --compare-every 4`: mutated OTLP bodies, protobuf and JSON,
 * judged by the collector's decoder and by oracles. Ends with 1 at the first wrong judgement and prints the body.
 */
import { parseArgs } from 'node:util';
import { runCampaign } from './fuzz-campaign.fixture.ts';

const { values } = parseArgs({
  options: {
    bodies: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    'compare-every': { type: 'string', default: '4' },
  },
});
const startedAt = performance.now();
const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
let isOutOfTime = false;
try {
  const outcome = runCampaign({
    bodies: Number(values.bodies),
    seed: Number(values.seed),
    compareEvery: Number(values['compare-every']),
    decodeMsMax: 1_000,
    onProgress(so) {
      if (so.bodies % 100_000 === 0)
        process.stderr.write(`${so.bodies} bodies in ${seconds()} s: ${JSON.stringify(so)}\n`);
      isOutOfTime = seconds() >= Number(values.minutes) * 60;
      return !isOutOfTime;
    },
  });
  process.stdout.write(
    `${JSON.stringify({ seed: Number(values.seed), seconds: seconds(), isOutOfTime, ...outcome })}\n`,
  );
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
