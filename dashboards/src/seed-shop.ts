import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { createDerivation } from '../../collector/src/derive/derivation.ts';
import { createScheduler } from '../../collector/src/detect/scheduler.ts';
import { createLog } from '../../collector/src/log.ts';
import { createNotifier } from '../../collector/src/notify/notifier.ts';
import { nativeBlock } from '../../collector/src/store/native-rows.ts';
import type { Store } from '../../collector/src/store/store.ts';

const MINUTE_NS = 60_000_000_000n;
const MS_NS = 1_000_000n;
const MINUTES = 6;

/**
 * Test support: six minutes of a shop, ten requests each: five to `/orders` (300 ms, one query, five repeats of another, four
 * calls of one service, one slow query), five to `/checkout` (20 ms, one of them failing with an exception). What is derived
 * and detected in them, the collector derives, detects and sends to a webhook. Version 1.1.0 replaces 1.0.0 in the last minute,
 * in which `/orders` takes 700 ms; half of the requests name no environment.
 */
export async function seedShop(store: Store): Promise<{ fromSeconds: number; toSeconds: number }> {
  const firstMinuteNs = (BigInt(Date.now()) / 60_000n - BigInt(MINUTES)) * MINUTE_NS;
  const entries = Array.from({ length: MINUTES * 10 }, (_, index) => entry(firstMinuteNs, index));
  const batch = (id: string) => ({ id, deduplicationToken: `seed-${id}` });
  await store.insertBlocks('spans', [nativeBlock('spans', entries)], batch('1'));
  await store.insertBlocks('request_queries', [nativeBlock('request_queries', entries.flatMap(queries))], batch('2'));
  const failed = entries.filter(({ error }) => error === 1);
  await store.insertBlocks('exceptions', [nativeBlock('exceptions', failed.map(exception))], batch('3'));
  await deriveAndDetect(store, Number(firstMinuteNs / MS_NS) + MINUTES * 60_000);
  return { fromSeconds: Number(firstMinuteNs / 1_000_000_000n), toSeconds: Math.ceil(Date.now() / 1000) };
}

/** @param endMs end of the window that is closed */
async function deriveAndDetect(store: Store, endMs: number): Promise<void> {
  const [registry, log] = [new Registry(), createLog(() => {})];
  const receiver = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const thresholds = { nPlusOneThreshold: 3, slowQueryThresholdMs: 100 };
  const derivation = createDerivation({ store, ...thresholds, registry, log });
  const notifier = createNotifier({ store, webhookUrls: [webhookUrl], registry, log });
  const config = {
    aggregationWindowMinutes: 1,
    regressionRules: ['ratio'],
    regressionResponseTimeFactor: 2,
    regressionErrorRateDelta: 0.1,
    regressionMinRequests: 2,
  } as const;
  const scheduler = createScheduler({ store, config, derivation, notifier, registry, log, now: () => endMs });
  await derivation.settle();
  await scheduler.compute();
  await scheduler.close();
  await notifier.close();
  await derivation.close();
  receiver.close();
}

type Entry = ReturnType<typeof entry>;

function entry(firstMinuteNs: bigint, index: number) {
  const minute = Math.floor(index / 10);
  const orders = index % 2 === 0;
  const isNew = minute === MINUTES - 1;
  const failed = index % 10 === 1;
  return {
    timestamp: firstMinuteNs + BigInt(minute) * MINUTE_NS + BigInt(index % 10) * 1_000n * MS_NS,
    duration_ns: (orders ? (isNew ? 700n : 300n) : 20n) * MS_NS,
    trace_id: (index + 1).toString(16).padStart(32, '0'),
    span_id: (index + 1).toString(16).padStart(16, '0'),
    service: 'shop',
    environment: index % 4 < 2 ? 'production' : '',
    version: isNew ? '1.1.0' : '1.0.0',
    name: orders ? 'GET /orders' : 'POST /checkout',
    kind: 2,
    entry: 1,
    instrumented: 1,
    error: failed ? 1 : 0,
    span_status: failed ? 2 : 0,
    exception_type: failed ? 'EmptyCartError' : '',
    exception_message: failed ? 'the cart is empty' : '',
    exception_stacktrace: failed
      ? 'EmptyCartError: the cart is empty\n    at checkout (/srv/shop/checkout.js:6:9)'
      : '',
    method: orders ? 'GET' : 'POST',
    route: orders ? '/orders' : '/checkout',
    path: orders ? '/orders' : '/checkout',
    status_code: failed ? 500 : 200,
    resource: { 'service.name': 'shop', 'service.version': isNew ? '1.1.0' : '1.0.0' },
    attributes: { 'http.route': orders ? '/orders' : '/checkout' },
    events: JSON.stringify([{ timeUnixNano: String(firstMinuteNs), name: 'cache miss', attributes: { tries: 2 } }]),
    links: JSON.stringify([{ traceId: 'aa'.repeat(16), spanId: 'bb'.repeat(8), attributes: { why: 'retry' } }]),
  } as const;
}

/** As decoding makes it of an entry span that our processor wrote. */
function exception({ timestamp, trace_id, span_id, service, environment, version, method, route, ...request }: Entry) {
  const { exception_type, exception_message, exception_stacktrace } = request;
  return {
    ...{ timestamp, trace_id, service, environment, version, method, route },
    ...{ exception_type, exception_message, exception_stacktrace },
    occurrence_id: span_id,
    exception_key: 21n,
  };
}

function queries(request: Entry) {
  if (request.route !== '/orders') return [];
  const { timestamp, trace_id, service, environment, version, method, route } = request;
  const shared = {
    ...{ timestamp, trace_id, service, environment, version, method, route },
    entry_span_id: request.span_id,
    source: 'entry',
    request_duration_ns: request.duration_ns,
    db_system: 'postgresql',
    distinct_values: -1,
  };
  return [
    { ...shared, fingerprint: 11n, query_text: 'SELECT * FROM orders', calls: 1, duration_ns: 2n * MS_NS },
    {
      ...shared,
      fingerprint: 12n,
      query_text: 'SELECT * FROM items WHERE order_id = ?',
      calls: 5,
      repeats: 5,
      duration_ns: 50n * MS_NS,
      duration_ns_max: 20n * MS_NS,
      code_file_path: '/srv/shop/orders.js',
      code_line_number: 12,
      code_function_name: 'itemsOf',
    },
    {
      ...shared,
      db_system: 'http',
      fingerprint: 13n,
      query_text: 'GET stock.example/items/?',
      calls: 4,
      repeats: 4,
      duration_ns: 20n * MS_NS,
      duration_ns_max: 6n * MS_NS,
    },
    {
      ...shared,
      fingerprint: 14n,
      query_text: 'SELECT sum(total) FROM orders',
      calls: 1,
      duration_ns: 150n * MS_NS,
      duration_ns_max: 150n * MS_NS,
    },
  ];
}
