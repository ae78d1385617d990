/**
 * How long decoding a large body holds up the event loop: for each of the hostile bodies the longest time between two
 * turns of it, in milliseconds, with what decoding took. `--mib 64` says how large, `--json` prints for machines.
 *
 *     npx esbuild collector/src/otlp/decode-slices.bench.ts --bundle --platform=node --format=esm \
 *       --conditions=@profiler/source --outfile=/tmp/slices.mjs && node /tmp/slices.mjs
 */

import { HOSTILE_BODIES, type HostileBody } from './hostile-bodies.fixture.ts';
import { longestGap } from './longest-gap.fixture.ts';
import { OtlpDecoder } from './otlp-decoder.ts';

const argument = process.argv.indexOf('--mib');
const bytes = (argument < 0 ? 64 : Number(process.argv[argument + 1])) * 2 ** 20;

async function measure({ name, encoding, build }: HostileBody) {
  const decoder = new OtlpDecoder({ slowRequestThresholdMs: 1_000, ignoredPaths: [], retentionDays: 7 });
  const body = build(bytes - 4_096);
  const { gapMs, ms, result } = await longestGap(async () => {
    const decoded = await decoder.decode('traces', encoding, body);
    return { received: decoded.received, blocks: decoded.blocks.length };
  });
  const outcome =
    result instanceof Error ? result.message.slice(0, 60) : `${result.received} spans, ${result.blocks} blocks`;
  return { body: `${encoding}: ${name}`, gapMs, ms, outcome, rssMib: Math.round(process.memoryUsage.rss() / 2 ** 20) };
}

const rows = [];
for (const body of HOSTILE_BODIES) rows.push(await measure(body));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
else console.table(rows);
