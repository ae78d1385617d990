import {
  type Attributes,
  encodeTraces,
  type OtlpEncoding,
  type OtlpSpan,
  type ResourceSpans,
} from './otlp-request.fixture.ts';

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

/** A request of a web shop: six services, about 15 attributes a span, one N+1. */
export function shopRequestBody(seed: number, spansPerRequest: number, encoding: OtlpEncoding): Buffer {
  const spans: OtlpSpan[] = [];
  const now = BigInt(Date.now() - 60_000) * 1_000_000n;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  for (let index = 0; spans.length < spansPerRequest; index++) {
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
        Math.floor((service * spansPerRequest) / 6),
        Math.floor(((service + 1) * spansPerRequest) / 6),
      ),
    });
  }
  return Buffer.from(encodeTraces(groups, encoding));
}
