import { Registry } from 'prom-client';
import { createDerivation } from '../../collector/src/derive/derivation.ts';
import { createLog } from '../../collector/src/log.ts';
import { nativeBlock } from '../../collector/src/store/native-rows.ts';
import type { Store } from '../../collector/src/store/store.ts';

const MINUTE_NS = 60_000_000_000n;
const MS_NS = 1_000_000n;
const MINUTES = 6;

/**
 * Test support: six minutes of a shop, ten requests each: five to `/orders` (300 ms, one query and five repeats of
 * another), five to `/checkout` (20 ms, one of them failing). What is derived from
 * them, the collector derives. Version 1.1.0 replaces 1.0.0 in the fourth minute; half of
 * the requests name no environment.
 */
export async function seedShop(store: Store): Promise<{ fromSeconds: number; toSeconds: number }> {
  const firstMinuteNs = (BigInt(Date.now()) / 60_000n - BigInt(MINUTES)) * MINUTE_NS;
  const entries = Array.from({ length: MINUTES * 10 }, (_, index) => entry(firstMinuteNs, index));
  const batch = (id: string) => ({ id, deduplicationToken: `seed-${id}` });
  await store.insertBlocks('spans', [nativeBlock('spans', entries)], batch('1'));
  await store.insertBlocks('request_queries', [nativeBlock('request_queries', entries.flatMap(queries))], batch('2'));
  await derive(store);
  return { fromSeconds: Number(firstMinuteNs / 1_000_000_000n), toSeconds: Math.floor(Date.now() / 1000) };
}

async function derive(store: Store): Promise<void> {
  const thresholds = { nPlusOneThreshold: 3, slowQueryThresholdMs: 100 };
  const derivation = createDerivation({ store, ...thresholds, registry: new Registry(), log: createLog() });
  await derivation.settle();
  await derivation.close();
}

type Entry = ReturnType<typeof entry>;

function entry(firstMinuteNs: bigint, index: number) {
  const minute = Math.floor(index / 10);
  const orders = index % 2 === 0;
  return {
    timestamp: firstMinuteNs + BigInt(minute) * MINUTE_NS + BigInt(index % 10) * 1_000n * MS_NS,
    duration_ns: (orders ? 300n : 20n) * MS_NS,
    trace_id: (index + 1).toString(16).padStart(32, '0'),
    span_id: (index + 1).toString(16).padStart(16, '0'),
    service: 'shop',
    environment: index % 4 < 2 ? 'production' : '',
    version: minute < 3 ? '1.0.0' : '1.1.0',
    name: orders ? 'GET /orders' : 'POST /checkout',
    kind: 2,
    entry: 1,
    instrumented: 1,
    error: index % 10 === 1 ? 1 : 0,
    method: orders ? 'GET' : 'POST',
    route: orders ? '/orders' : '/checkout',
    path: orders ? '/orders' : '/checkout',
    status_code: index % 10 === 1 ? 500 : 200,
  } as const;
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
  ];
}
