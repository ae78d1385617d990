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
import { type Attributes, encodeTraces, type OtlpSpan, type ResourceSpans } from './otlp-request.fixture.ts';

const SPANS_PER_REQUEST = 512;
const REQUESTS = 40;
const ROUNDS = 6;

const COMMON: Attributes = {
  'server.address': 'db.internal',
  'server.port': 5432,
  'network.peer.address': '10.0.0.7',
  'thread.id': 1,
  'app.tenant': 'tenant-42',
  'app.feature.flags': 'a,b,c',
  'app.region': 'eu-central-1',
  'app.cluster': 'blue',
  'user.role': 'customer',
};

function requestBody(seed: number, encoding: OtlpEncoding): Buffer {
  const spans: OtlpSpan[] = [];
  const now = BigInt(Date.now() - 60_000) * 1_000_000n;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  for (let index = 0; spans.length < SPANS_PER_REQUEST; index++) {
    const traceId = hex(seed * 1_000 + index + 1, 32);
    const entryId = hex(seed * 100_000 + index * 100 + 1, 16);
    spans.push({
      traceId,
      spanId: entryId,
      name: 'GET /api/orders/:id',
      kind: 2,
      flags: 0x101,
      startTimeUnixNano: now,
      endTimeUnixNano: now + 23_000_000n,
      attributes: {
        ...COMMON,
        'http.request.method': 'GET',
        'http.route': `/api/orders/:id/${index % 20}`,
        'url.path': `/api/orders/${index}`,
        'url.scheme': 'http',
        'http.response.status_code': 200,
        'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
      },
    });
    for (let query = 0; query < 7; query++) {
      spans.push({
        traceId,
        spanId: hex(seed * 100_000 + index * 100 + query + 2, 16),
        parentSpanId: entryId,
        name: 'SELECT order_items',
        kind: 3,
        flags: 0x101,
        startTimeUnixNano: now,
        endTimeUnixNano: now + 2_000_000n,
        attributes: {
          ...COMMON,
          'db.system.name': 'postgresql',
          'db.namespace': 'shop',
          'db.query.text': `SELECT i.* FROM order_items i WHERE i.order_id = $1 AND i.shard = ${query} LIMIT $2`,
          'db.operation.name': 'SELECT',
          'db.collection.name': 'order_items',
          'code.function.name': 'loadItems',
        },
      });
    }
  }
  const groups: ResourceSpans[] = [];
  for (let service = 0; service < 6; service++) {
    groups.push({
      resource: { 'service.name': `service-${service}`, 'service.version': '1.2.3', 'host.name': 'web-1' },
      scope: { name: '@opentelemetry/instrumentation-pg' },
      spans: spans.slice(
        Math.floor((service * SPANS_PER_REQUEST) / 6),
        Math.floor(((service + 1) * SPANS_PER_REQUEST) / 6),
      ),
    });
  }
  return Buffer.from(encodeTraces(groups, encoding));
}

function measure(encoding: OtlpEncoding) {
  const bodies = Array.from({ length: REQUESTS }, (_, seed) => requestBody(seed, encoding));
  const decoder = new OtlpDecoder({ slowRequestThresholdMs: 1_000, ignoredPaths: ['/admin'], retentionDays: 7 });
  let best = 0;
  let blockBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    let spans = 0;
    for (const body of bodies) {
      const { received, blocks } = decoder.decode('traces', encoding, body);
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
