/**
 * How fast one thread turns OTLP bytes into Native blocks, in spans per second of CPU. `--json` prints for machines,
 * `protobuf` or `json` measures one encoding only.
 *
 *     npx esbuild collector/src/otlp/decode.bench.ts --bundle --platform=node --format=esm \
 *       --conditions=@profiler/source --outfile=/tmp/decode.mjs && node /tmp/decode.mjs
 *
 * The load is that of a web shop: six services, 512 spans a request, about 15 attributes a span, one N+1.
 */

import { OtlpDecoder, type OtlpEncoding } from './otlp-decoder.ts';
import { shopRequestBody } from './shop-request.fixture.ts';

const SPANS_PER_REQUEST = 512;
const REQUESTS = 40;
/** The best counts: what else the machine does can only make it worse. */
const ROUNDS = 40;

function measure(encoding: OtlpEncoding) {
  const bodies = Array.from({ length: REQUESTS }, (_, seed) => shopRequestBody(seed, SPANS_PER_REQUEST, encoding));
  const decoder = new OtlpDecoder({ slowRequestThresholdMs: 1_000, ignoredPaths: ['/admin'], retentionDays: 7 });
  let best = 0;
  let blockBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    let spans = 0;
    for (const body of bodies) {
      const { received, blocks } = decoder.decodeAtOnce('traces', encoding, body);
      spans += received;
      blockBytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, (spans / (user + system)) * 1e6);
  }
  return {
    encoding,
    spansPerCpuSecond: Math.round(best),
    requestBytes: bodies[0]!.length,
    blockBytes,
  };
}

const only = process.argv.find((argument): argument is OtlpEncoding => argument === 'protobuf' || argument === 'json');
const results = (only === undefined ? (['protobuf', 'json'] as const) : [only]).map(measure);
if (process.argv.includes('--json')) console.log(JSON.stringify(results));
else console.table(results);
