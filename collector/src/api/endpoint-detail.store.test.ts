// One endpoint looked at closely, over a store that holds what is known: a hundred requests of yesterday, and a hundred of
// today of which the ten slowest come from one region, call another service, and run a query in a loop.

import { fingerprint } from '@profiler/analysis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hoursOf, recomputeHours } from '../derive/recompute-hours.ts';
import { migrate } from '../store/migrate.ts';
import { type NativeRow, nativeBlock } from '../store/native-rows.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { endpointBreakdown } from './endpoint-breakdown.ts';
import { endpointHeatmap } from './endpoint-heatmap.ts';
import { endpointQueries } from './endpoint-queries.ts';
import { endpointSamples } from './endpoint-samples.ts';
import { endpointVerdict } from './endpoint-verdict.ts';
import { endpointVersions } from './endpoint-versions.ts';
import { listEndpoints } from './endpoints.ts';
import type { EndpointParameters } from './parameters.ts';
import { listServices } from './services.ts';
import { slowAttributes } from './slow-attributes.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NOW_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 7 * MINUTE_MS;
const ITEMS = fingerprint('SELECT * FROM items WHERE order_id = 7', 'postgresql');
const OF_ORDERS = { service: 'shop', endpoint: 'GET /orders' };
const range: EndpointParameters = { sinceMs: NOW_MS - 24 * HOUR_MS, untilMs: NOW_MS, limit: 50, sort: 'impact' };
const orders = { ...range, ...OF_ORDERS };

let store: Store;
let remove: () => Promise<void>;

beforeAll(async () => {
  const directory = await temporaryDirectory();
  remove = directory.remove;
  store = await openStore({ dataDir: directory.path });
  await migrate(store, { retentionDays: 7 });
  const requests = Array.from({ length: 200 }, (_, index) => request(index));
  await store.insertBlocks(
    'spans',
    [
      nativeBlock(
        'spans',
        requests.map(({ span }) => span),
      ),
    ],
    token('1'),
  );
  const queries = requests.flatMap(({ queries }) => queries);
  await store.insertBlocks('request_queries', [nativeBlock('request_queries', queries)], token('2'));
  await store.command(
    `INSERT INTO ${store.database}.query_minutely
     SELECT toStartOfMinute(timestamp), service, environment, version, method, route, fingerprint, db_system,
       any(query_text), sum(calls), count(), sum(duration_ns), max(duration_ns_max),
       quantilesBFloat16WeightedState(0.5, 0.95, 0.99)(duration_ns / calls, toUInt64(calls)), now64(3)
     FROM ${store.database}.request_queries WHERE db_system != 'http'
     GROUP BY toStartOfMinute(timestamp), service, environment, version, method, route, fingerprint, db_system`,
  );
  const hours = hoursOf(requests.map(({ span }) => Number((span.timestamp as bigint) / 1_000_000_000n)));
  await recomputeHours(store, [...hours], Date.now());
});

afterAll(async () => {
  await store.close();
  await remove();
});

const token = (id: string) => ({ id, deduplicationToken: id });

/** Those below 100 are of yesterday, 20 ms each; of today's each tenth takes 310 ms, the others 20. */
function request(index: number): { span: NativeRow; queries: NativeRow[] } {
  const today = index >= 100;
  const slow = today && index % 10 === 0;
  const common = {
    timestamp: BigInt(NOW_MS - (today ? 0 : 25 * HOUR_MS) - ((index % 100) + 1) * 2 * MINUTE_MS) * 1_000_000n,
    trace_id: (index + 1).toString(16).padStart(32, '0'),
    service: 'shop',
    version: today ? '1.5.0' : '1.4.0',
    method: 'GET',
    route: '/orders',
  };
  const spanId = (index + 1).toString(16).padStart(16, '0');
  const call = (text: string, hash: bigint, system: string, calls: number, ms: number): NativeRow => ({
    ...common,
    entry_span_id: spanId,
    source: 0,
    fingerprint: hash,
    db_system: system,
    query_text: text,
    calls,
    repeats: calls,
    duration_ns: BigInt(ms * 1_000_000),
    duration_ns_max: BigInt(ms * 1_000_000),
    code_file_path: system === 'http' ? '' : 'orders.js',
    code_line_number: 14,
    distinct_values: -1,
  });
  return {
    span: {
      ...common,
      span_id: spanId,
      duration_ns: BigInt(slow ? 310_000_000 : 20_000_000),
      name: 'GET /orders',
      kind: 2,
      entry: 1,
      instrumented: 1,
      path: `/orders?page=${index}`,
      status_code: index === 101 ? 500 : 200,
      error: index === 101 ? 1 : 0,
      attributes: { 'client.region': slow ? 'eu' : index % 20 === 1 ? 'eu' : 'us', 'profiler.query.total': '9' },
    },
    queries: slow
      ? [
          call(ITEMS.text, BigInt(`0x${ITEMS.hex}`), 'postgresql', 41, 200),
          call('GET https://rates.test/', 5n, 'http', 1, 50),
        ]
      : [],
  };
}

it('gives a row of the list its p95 over time and the numbers of the range before', async () => {
  const { items } = await listEndpoints(store, { ...range, trend: true, baseline: true }, NOW_MS);
  const [row] = items;
  expect(row).toMatchObject({ requests: 100, maxMs: 310 });
  expect(row!.baseline).toMatchObject({ requests: 100, errorRate: 0, avgMs: 20 });
  const { p95Ms, stepMinutes, startedAt } = row!.trend!;
  // Of 24 hours the last three and a bit hold its requests, one every two minutes: the trend begins with their hour.
  expect(stepMinutes).toBe(10);
  const stepMs = stepMinutes * MINUTE_MS;
  const starts = Array.from(
    { length: 100 },
    (_, at) => Math.floor((NOW_MS - (at + 1) * 2 * MINUTE_MS) / stepMs) * stepMs,
  );
  const firstHourMs = Math.floor(Math.min(...starts) / HOUR_MS) * HOUR_MS;
  expect(startedAt).toBe(new Date(firstHourMs).toISOString());
  expect(p95Ms.flatMap((ms, at) => (ms === null ? [] : [firstHourMs + at * stepMs]))).toEqual(
    [...new Set(starts)].sort((one, other) => one - other),
  );
  const plain = await listEndpoints(store, range, NOW_MS);
  expect(Object.keys(plain.items[0]!)).not.toContain('trend');
});

it('counts how many requests took how long when, to the last one', async () => {
  const { boundsMs, columns } = await endpointHeatmap(store, orders, NOW_MS);
  const rowOf = (ms: number) => boundsMs.findIndex((bound) => bound > ms) - 1;
  const total = (row: number) => columns.reduce((sum, { counts }) => sum + counts[row]!, 0);
  expect([total(rowOf(20)), total(rowOf(310))]).toEqual([90, 10]);
  for (const { requests, counts } of columns) expect(counts.reduce((sum, count) => sum + count, 0)).toBe(requests);
  const nowhere = { ...orders, endpoint: '/nowhere' };
  expect(await endpointHeatmap(store, nowhere, NOW_MS)).toMatchObject({ boundsMs: [], columns: [] });
});

it('says what the slowest tenth share that the others do not', async () => {
  const shares = await slowAttributes(store, orders, NOW_MS);
  expect(shares).toEqual({
    slowFromMs: 310,
    slowRequests: 10,
    otherRequests: 90,
    items: [
      { attribute: 'client.region', value: 'eu', slowCount: 10, otherCount: 5, slowShare: 1, otherShare: 5 / 90 },
    ],
  });
});

it('says where the time goes, and which line runs a query', async () => {
  const breakdown = await endpointBreakdown(store, orders, NOW_MS);
  expect(breakdown).toMatchObject({ requests: 100, avgMs: 49, httpMs: 5, sampledRequests: 100 });
  expect(breakdown.databaseMs + breakdown.httpMs + breakdown.ownMs).toBeCloseTo(49);
  expect((await endpointQueries(store, orders, NOW_MS)).items).toMatchObject([
    { text: ITEMS.text, calls: 410, callsPerRequest: 41, callSite: 'orders.js:14' },
  ]);
});

it('lists versions by when they were first seen, and which of them are deploys', async () => {
  const both = { ...orders, sinceMs: NOW_MS - 48 * HOUR_MS };
  expect((await endpointVersions(store, both, NOW_MS)).items).toMatchObject([
    { version: '1.5.0', deploy: true, requests: 100, firstSeen: new Date(NOW_MS - 200 * MINUTE_MS).toISOString() },
    { version: '1.4.0', deploy: false, requests: 100 },
  ]);
});

it('picks the slowest requests, ordinary ones and the newest that failed', async () => {
  const samples = await endpointSamples(store, orders, { nPlusOneThreshold: 3 }, NOW_MS);
  expect(samples.slowest.map(({ durationMs, nPlusOne }) => [durationMs, nPlusOne])).toEqual(
    new Array(3).fill([310, true]),
  );
  expect(samples.ordinary.map(({ durationMs }) => durationMs)).toEqual([20, 20, 20]);
  expect(samples.failed.map(({ statusCode }) => statusCode)).toEqual([500]);
});

it('says what is usual when nothing was found', async () => {
  const { state, headline } = await endpointVerdict(store, orders, NOW_MS);
  expect(state).toBe('quiet');
  expect(headline).toMatch(/^nothing stands out: p95 is 3\d\d ms over 100 requests, 20 ms in the range before$/);
});

it('knows of a service who writes its numbers without reading all of its requests', async () => {
  expect((await listServices(store, range, NOW_MS)).items).toMatchObject([{ service: 'shop', instrumented: true }]);
});
