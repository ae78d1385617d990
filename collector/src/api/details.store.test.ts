// One query, one exception, the logs of a trace, and the setup: what stands behind each page of the dashboard that shows
// one thing.

import { fingerprint } from '@profiler/analysis';
import type { Hono } from 'hono';
import { Registry } from 'prom-client';
import { beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { createDerivation } from '../derive/derivation.ts';
import { createScheduler } from '../detect/scheduler.ts';
import { createLog } from '../log.ts';
import { createNotifier } from '../notify/notifier.ts';
import { monitorProcess } from '../process-monitor.ts';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import { type NativeRow, nativeBlock } from '../store/native-rows.ts';
import type { Store } from '../store/store.ts';
import { RefusedRequests } from './refused-requests.ts';
import { apiRoutes } from './routes.ts';
import type { ExceptionDetail, ExceptionGroup, List, Query, QueryDetail, Setup, Trace } from './types.ts';

const MINUTE_MS = 60_000;
const START_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 50 * MINUTE_MS;
const ITEMS = fingerprint('SELECT * FROM items WHERE order_id = 17', 'postgresql');
const GET_KEY = fingerprint('GET session:1', 'redis');
const iso = (epochMs: number) => new Date(epochMs).toISOString();
const traceOf = (index: number) => (index + 1).toString(16).padStart(32, '0');

/** Requests a minute apart: two endpoints that read items, more of them in the second; the third fails in two versions. */
const REQUESTS = [
  { route: '/orders', items: 3, itemMs: 2, version: '1', failure: '' },
  { route: '/orders', items: 3, itemMs: 2, version: '1', failure: '' },
  { route: '/reports', items: 10, itemMs: 20, version: '2', failure: '' },
  { route: '/pay', items: 0, itemMs: 0, version: '1', failure: 'no stock of 17' },
  { route: '/pay', items: 0, itemMs: 0, version: '2', failure: 'no stock of 4' },
  { route: '/refund', items: 0, itemMs: 0, version: '2', failure: 'no stock of 5' },
];

function rowsOf({ route, items, itemMs, version, failure }: (typeof REQUESTS)[number], index: number): NativeRow[] {
  const startNs = BigInt(START_MS + index * MINUTE_MS) * 1_000_000n;
  const common = { trace_id: traceOf(index), service: 'shop', environment: 'prod', version };
  const call = (at: number, text: { text: string; hex: string }, system: string, ms: number): NativeRow => ({
    ...common,
    timestamp: startNs + BigInt(at + 1) * 1_000_000n,
    duration_ns: BigInt(ms) * 1_000_000n,
    span_id: (index * 100 + at + 2).toString(16).padStart(16, '0'),
    parent_span_id: (index * 100 + 1).toString(16).padStart(16, '0'),
    name: 'query',
    kind: 3,
    db_system: system,
    query_text: text.text,
    fingerprint: BigInt(`0x${text.hex}`),
  });
  return [
    {
      ...common,
      timestamp: startNs,
      duration_ns: 400_000_000n,
      span_id: (index * 100 + 1).toString(16).padStart(16, '0'),
      name: `GET ${route}`,
      kind: 2,
      entry: 1,
      method: 'GET',
      route,
      path: route,
      status_code: failure === '' ? 200 : 500,
      error: failure === '' ? 0 : 1,
      exception_type: failure === '' ? '' : 'StockError',
      exception_message: failure,
      exception_stacktrace: failure === '' ? '' : 'StockError\n    at pay',
    },
    ...Array.from({ length: items }, (_, at) => call(at, ITEMS, 'postgresql', itemMs)),
    ...(items === 0 ? [] : [call(50, GET_KEY, 'redis', 1)]),
  ];
}

/** What an app with our span processor says of its own request, and again with more calls: the newer row stands. */
async function insertFromApp(store: Store): Promise<void> {
  const row = (calls: number, inserted_at: bigint): NativeRow => ({
    timestamp: BigInt(START_MS + 2 * MINUTE_MS) * 1_000_000n,
    trace_id: traceOf(99),
    entry_span_id: 'e'.repeat(16),
    source: 'entry',
    service: 'shop',
    environment: 'prod',
    version: '2',
    method: 'GET',
    route: '/reports',
    fingerprint: BigInt(`0x${ITEMS.hex}`),
    db_system: 'postgresql',
    query_text: ITEMS.text,
    calls,
    repeats: calls,
    duration_ns: 9_000_000n,
    code_file_path: 'src/items.ts',
    code_line_number: 12,
    code_function_name: 'load',
    inserted_at,
  });
  const rows = [row(4, BigInt(START_MS)), row(5, BigInt(START_MS + 1))];
  await store.insertBlocks('request_queries', [nativeBlock('request_queries', rows)], {
    id: '3',
    deduplicationToken: '3',
  });
}

async function serve(store: Store): Promise<Hono> {
  await migrate(store, { retentionDays: 7 });
  const rows = REQUESTS.flatMap(rowsOf);
  await store.insertBlocks('spans', [nativeBlock('spans', rows)], { id: '1', deduplicationToken: '1' });
  const log: NativeRow = {
    timestamp: BigInt(START_MS + 3 * MINUTE_MS + 7) * 1_000_000n,
    trace_id: traceOf(3),
    span_id: (301).toString(16).padStart(16, '0'),
    service: 'shop',
    exception_type: 'Warning',
    exception_message: 'the stock is low',
    exception_stacktrace: 'Warning\n    at warn',
  };
  const logs = [nativeBlock('log_exceptions', [log])];
  await store.insertBlocks('log_exceptions', logs, { id: '2', deduplicationToken: '2' });
  const registry = new Registry();
  const quiet = createLog(() => {});
  const config = readConfig({}, {});
  const { nPlusOneThreshold, slowQueryThresholdMs } = config;
  const derivation = createDerivation({ store, nPlusOneThreshold, slowQueryThresholdMs, registry, log: quiet });
  await derivation.settle();
  await insertFromApp(store);
  const notifier = createNotifier({ store, webhookUrls: [], registry, log: quiet });
  const scheduler = createScheduler({ store, config, derivation, notifier, registry, log: quiet });
  const ingest = { status: () => ({ received: 7, rejected: { too_old: 2, invalid_id: 0 } }) };
  const stages = { ingest, derivation, scheduler, notifier, process: monitorProcess(registry) };
  return apiRoutes({ store, config, version: '1.2.3', ...stages, log: quiet, refused: new RefusedRequests() });
}

eachStore('details', (open) => {
  let routes: Hono;
  const ask = async <Body>(path: string, query: Record<string, string> = {}, status = 200): Promise<Body> => {
    const search = new URLSearchParams({ since: iso(START_MS), ...query });
    const response = await routes.request(`${path}?${search}`);
    const body = (await response.json()) as Body;
    expect({ status: response.status, body }).toMatchObject({ status });
    return body;
  };

  beforeAll(async () => {
    routes = await serve(await open());
  });

  it('tells of a query where it is used and when, with the requests that spent most on it', async () => {
    const detail = await ask<QueryDetail>(`/queries/${ITEMS.hex}`);
    expect(detail).toMatchObject({ text: ITEMS.text, system: 'postgresql', service: 'shop', calls: 16, totalMs: 212 });
    expect(detail.uses).toEqual([
      { endpoint: 'GET /reports', requests: 1, calls: 10, callsPerRequest: 10, totalMs: 200 },
      { endpoint: 'GET /orders', requests: 2, calls: 6, callsPerRequest: 3, totalMs: 12 },
    ]);
    expect(detail.stepMinutes).toBe(1);
    expect(detail.series.map(({ time, calls, totalMs }) => [time, calls, totalMs])).toEqual([
      [iso(START_MS), 3, 6],
      [iso(START_MS + MINUTE_MS), 3, 6],
      [iso(START_MS + 2 * MINUTE_MS), 10, 200],
    ]);
    expect(detail.examples.map(({ traceId, calls, totalMs }) => [traceId, calls, totalMs])).toEqual([
      [traceOf(2), 10, 200],
      [traceOf(99), 5, 9],
      [traceOf(0), 3, 6],
      [traceOf(1), 3, 6],
    ]);
    expect(detail.examples[0]).toMatchObject({ endpoint: 'GET /reports', startedAt: iso(START_MS + 2 * MINUTE_MS) });
  });

  it('tells of the lines that make a query, where an app sent them', async () => {
    const { callSites } = await ask<QueryDetail>(`/queries/${ITEMS.hex}`);
    expect(callSites).toEqual([
      { callSite: 'src/items.ts:12 (load)', endpoint: 'GET /reports', requests: 1, calls: 5, totalMs: 9 },
    ]);
  });

  it('narrows a query by endpoint and time, and knows none of another service', async () => {
    expect(await ask<QueryDetail>(`/queries/${ITEMS.hex}`, { endpoint: 'GET /orders' })).toMatchObject({ calls: 6 });
    const until = iso(START_MS + MINUTE_MS);
    expect(await ask<QueryDetail>(`/queries/${ITEMS.hex}`, { until })).toMatchObject({ calls: 3 });
    await ask(`/queries/${ITEMS.hex}`, { service: 'billing' }, 404);
    await ask('/queries/0123456789abcdef', {}, 404);
    await ask('/queries/nothing', {}, 400);
    await ask(`/queries/${ITEMS.hex}`, { limit: '5' }, 400);
  });

  it('chooses queries by system, and orders them, page by page', async () => {
    const texts = async (query: Record<string, string>) =>
      (await ask<List<Query>>('/queries', query)).items.map(({ text }) => text);
    expect(await texts({ system: 'redis' })).toEqual([GET_KEY.text]);
    for (const sort of ['total', 'calls', 'per_request', 'avg', 'p95']) {
      const first = await ask<List<Query>>('/queries', { sort, limit: '1' });
      expect(first.items.map(({ text }) => text)).toEqual([ITEMS.text]);
      const second = await ask<List<Query>>('/queries', { sort, limit: '1', cursor: first.nextCursor! });
      expect(second.items.map(({ text }) => text)).toEqual([GET_KEY.text]);
      expect(second.nextCursor).toBeNull();
    }
  });

  it('tells of an exception when and where it was thrown, in which versions, with examples', async () => {
    const [group] = (await ask<List<ExceptionGroup>>('/exceptions', { type: 'StockError' })).items;
    expect(group).toMatchObject({ type: 'StockError', count: 3 });
    const detail = await ask<ExceptionDetail>(`/exceptions/${group!.key}`);
    expect(detail).toMatchObject({ ...group, stack: 'StockError\n    at pay', stepMinutes: 1 });
    expect(detail.series.map(({ time, count }) => [time, count])).toEqual(
      [3, 4, 5].map((minute) => [iso(START_MS + minute * MINUTE_MS), 1]),
    );
    expect(detail.endpoints.map(({ endpoint, count }) => [endpoint, count])).toEqual([
      ['GET /pay', 2],
      ['GET /refund', 1],
    ]);
    expect(detail.versions.map(({ version, count }) => [version, count])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(detail.examples.map(({ traceId, message }) => [traceId, message])).toEqual([
      [traceOf(5), 'no stock of 5'],
      [traceOf(4), 'no stock of 4'],
      [traceOf(3), 'no stock of 17'],
    ]);
    await ask('/exceptions/0123456789abcdef', {}, 404);
  });

  it('orders exceptions by how often they were thrown', async () => {
    const counts = (await ask<List<ExceptionGroup>>('/exceptions', { sort: 'count' })).items.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(counts).toEqual([3, 1]);
    const first = await ask<List<ExceptionGroup>>('/exceptions', { sort: 'count', limit: '1' });
    const second = await ask<List<ExceptionGroup>>('/exceptions', { sort: 'count', cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ count }) => count)).toEqual(counts);
  });

  it('shows the log records of a trace at their spans', async () => {
    const { logs } = (await (await routes.request(`/traces/${traceOf(3)}`)).json()) as Trace;
    expect(logs).toEqual([
      {
        spanId: (301).toString(16).padStart(16, '0'),
        service: 'shop',
        offsetMs: 7,
        exceptionType: 'Warning',
        exceptionMessage: 'the stock is low',
        exceptionStacktrace: 'Warning\n    at warn',
      },
    ]);
  });

  it('judges the setup as `profiler doctor` does, and says what was not accepted', async () => {
    const setup = await ask<Setup>('/setup');
    expect(setup.services).toEqual(['shop']);
    expect(setup.items.map(({ name, result }) => `${name} ${result}`)).toEqual([
      'storage pass',
      'accepted spans warn',
      'requests pass',
      'instrumentation warn',
      'routes pass',
      'statements pass',
      'versions pass',
      'clocks pass',
    ]);
    expect(setup.items[1]?.message).toBe('refused of 7: 2 too_old');
    expect(setup.lastRefused).toBeNull();
  });
});
