import { fingerprint } from '@profiler/analysis';
import type { Hono } from 'hono';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
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
import { apiRoutes } from './routes.ts';
import type {
  ApiError,
  ComputeResult,
  Endpoint,
  EndpointSeries,
  ExceptionGroup,
  Finding,
  List,
  Query,
  Regression,
  Request,
  Service,
  ServiceDiagnosis,
  Status,
  Summary,
  Trace,
} from './types.ts';

const MINUTE_MS = 60_000;
/** Two hours and a bit ago, so that windows reach over whole hours and the minutes around them. */
const START_MS = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000 - 10 * MINUTE_MS;
const ITEMS = 'SELECT * FROM items WHERE order_id = 17';
const ORDERS = 'SELECT * FROM orders';
const iso = (epochMs: number) => new Date(epochMs).toISOString();

interface Seed {
  readonly service: string;
  readonly endpoint: string;
  readonly path?: string;
  /** Minutes after {@link START_MS}. */
  readonly minute: number;
  readonly ms: number;
  readonly version?: string;
  readonly status?: number;
  readonly exception?: string;
  /** Calls of {@link ITEMS}, of 2 ms each, beside one of {@link ORDERS}, of 10 ms. */
  readonly items?: number;
  readonly ignored?: true;
}

/** Ten orders that become slower and, with 2.0, ask for their items one by one; failures; another service. */
const SEEDS: readonly Seed[] = [
  ...Array.from({ length: 10 }, (_, i): Seed => {
    const version = i < 5 ? '1.0' : '2.0';
    const path = `/orders/${i + 1}`;
    return {
      service: 'shop',
      endpoint: 'GET /orders/:id',
      path,
      minute: i * 10,
      ms: 100 * (i + 1),
      version,
      items: i < 5 ? 2 : 6,
    };
  }),
  {
    service: 'shop',
    endpoint: 'POST /orders',
    minute: 5,
    ms: 1500,
    version: '1.0',
    status: 500,
    exception: 'no stock of 17',
  },
  {
    service: 'shop',
    endpoint: 'POST /orders',
    minute: 65,
    ms: 20,
    version: '2.0',
    status: 503,
    exception: 'no stock of 4',
  },
  { service: 'shop', endpoint: 'POST /orders', minute: 66, ms: 30, version: '2.0', status: 404 },
  { service: 'billing', endpoint: 'GET /invoices', minute: 70, ms: 40, version: '7' },
  { service: 'billing', endpoint: 'GET /admin', minute: 70, ms: 40, version: '7', ignored: true },
];

const traceOf = (index: number) => (index + 1).toString(16).padStart(32, '0');
const spanOf = (index: number) => (index + 1).toString(16).padStart(16, '0');

async function seed(store: Store): Promise<void> {
  const rows = SEEDS.flatMap((each, index) => spansOf(each, index));
  await store.insertBlocks('spans', [nativeBlock('spans', rows)], { id: '1', deduplicationToken: '1' });
}

function spansOf(one: Seed, index: number): NativeRow[] {
  const [method = '', route = ''] = one.endpoint.split(' ');
  const startNs = BigInt(START_MS + one.minute * MINUTE_MS) * 1_000_000n;
  const common = { trace_id: traceOf(index), service: one.service, environment: 'prod', version: one.version ?? '' };
  const entry: NativeRow = {
    ...common,
    timestamp: startNs,
    duration_ns: BigInt(one.ms) * 1_000_000n,
    span_id: spanOf(index),
    name: one.endpoint,
    kind: 2,
    entry: 1,
    ignored: one.ignored ? 1 : 0,
    slow: one.ms >= 1000 ? 1 : 0,
    error: (one.status ?? 200) >= 500 ? 1 : 0,
    method,
    route,
    path: one.path ?? route,
    status_code: one.status ?? 200,
    exception_type: one.exception === undefined ? '' : 'StockError',
    exception_message: one.exception ?? '',
    exception_stacktrace: one.exception === undefined ? '' : 'StockError\n    at order',
    attributes: { 'user_agent.original': 'curl' },
    events:
      one.exception === undefined
        ? ''
        : JSON.stringify([{ timeUnixNano: String(startNs + 5_000_000n), name: 'retried', attributes: { times: 2 } }]),
  };
  const queries = one.items === undefined ? [] : [ORDERS, ...Array.from({ length: one.items }, () => ITEMS)];
  return [
    entry,
    ...queries.map((text, i): NativeRow => {
      const { text: normalised, hex } = fingerprint(text, 'postgresql');
      return {
        ...common,
        timestamp: startNs + BigInt(i + 1) * 1_000_000n,
        duration_ns: text === ORDERS ? 10_000_000n : 2_000_000n,
        span_id: `${spanOf(index).slice(0, 12)}${(i + 1).toString(16).padStart(3, '0')}f`,
        parent_span_id: spanOf(index),
        name: 'pg.query',
        kind: 3,
        db_system: 'postgresql',
        query_text: normalised,
        fingerprint: BigInt(`0x${hex}`),
      };
    }),
  ];
}

interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

class Api {
  readonly #routes: Hono;
  readonly store: Store;

  constructor(routes: Hono, store: Store) {
    this.#routes = routes;
    this.store = store;
  }

  async ask<Body>(path: string, init: RequestInit = {}): Promise<Answer<Body>> {
    const response = await this.#routes.request(path, init);
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** Rows of the seeded time, unless the query says when. */
  async rows<Row>(path: string, query: Record<string, string> = {}): Promise<Row[]> {
    const search = new URLSearchParams({ since: iso(START_MS), ...query });
    const { status, body } = await this.ask<List<Row>>(`${path}?${search}`);
    expect({ status, body }).toMatchObject({ status: 200 });
    return body.items;
  }

  /** Every row, by pages of `limit`. */
  async pages<Row>(path: string, limit: number, query: Record<string, string> = {}): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const search = new URLSearchParams({ since: iso(START_MS), ...query, limit: String(limit), cursor });
      const { status, body }: Answer<List<Row>> = await this.ask(`${path}?${search}`);
      expect(status).toBe(200);
      expect(body.items.length).toBeLessThanOrEqual(limit);
      rows.push(...body.items);
      cursor = body.nextCursor;
    }
    return rows;
  }
}

eachStore('the API', (open) => {
  async function api(): Promise<Api> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    await seed(store);
    const registry = new Registry();
    const log = createLog(() => {});
    const config = readConfig({}, {});
    const { nPlusOneThreshold, slowQueryThresholdMs } = config;
    const derivation = createDerivation({ store, nPlusOneThreshold, slowQueryThresholdMs, registry, log });
    await derivation.settle();
    const notifier = createNotifier({ store, webhookUrls: [], registry, log });
    const scheduler = createScheduler({ store, config, derivation, notifier, registry, log });
    const ingest = { status: () => ({ received: 7, rejected: { too_old: 1 } }) };
    const process = monitorProcess(registry);
    const stages = { ingest, derivation, scheduler, notifier, process };
    return new Api(apiRoutes({ store, config, version: '1.2.3', ...stages, log }), store);
  }

  it('gives each endpoint its numbers, the costliest first', async () => {
    const endpoints = await (await api()).rows<Endpoint>('/endpoints');
    expect(endpoints.map(({ service, method, route }) => `${service} ${method} ${route}`)).toEqual([
      'shop GET /orders/:id',
      'shop POST /orders',
      'billing GET /invoices',
    ]);
    const [orders, created] = endpoints;
    expect(orders).toMatchObject({ requests: 10, errors: 0, errorRate: 0, avgMs: 550, minMs: 100, maxMs: 1000 });
    expect(orders).toMatchObject({ slowRequests: 1, nPlusOneRequests: 5, queriesPerRequest: 5, queryMsPerRequest: 18 });
    for (const [percentile, exactMs] of [
      ['p50Ms', 500],
      ['p95Ms', 1000],
      ['p99Ms', 1000],
    ] as const) {
      expect(Math.abs(orders![percentile] / exactMs - 1)).toBeLessThan(0.01);
    }
    expect(orders!.p99Ms).toBeLessThanOrEqual(1000);
    expect(created).toMatchObject({ requests: 3, errors: 2, errorRate: 2 / 3, queriesPerRequest: 0 });
  });

  it('chooses and orders endpoints', async () => {
    const server = await api();
    const routes = async (query: Record<string, string>) =>
      (await server.rows<Endpoint>('/endpoints', query)).map(
        ({ method, route, requests }) => `${method} ${route} ${requests}`,
      );
    expect(await routes({ service: 'billing' })).toEqual(['GET /invoices 1']);
    expect(await routes({ version: '2.0' })).toEqual(['GET /orders/:id 5', 'POST /orders 2']);
    expect(await routes({ environment: 'test' })).toEqual([]);
    expect(await routes({ endpoint: 'POST /orders' })).toEqual(['POST /orders 3']);
    expect(await routes({ endpoint: '/orders/:id' })).toEqual(['GET /orders/:id 10']);
    expect(await routes({ q: 'ORD', sort: 'errors' })).toEqual(['POST /orders 3', 'GET /orders/:id 10']);
    expect(await routes({ sort: 'requests', limit: '1' })).toEqual(['GET /orders/:id 10']);
    expect(await routes({ until: iso(START_MS + 11 * MINUTE_MS) })).toEqual(['POST /orders 1', 'GET /orders/:id 2']);
    expect(await routes({ since: iso(START_MS + 61 * MINUTE_MS), service: 'shop' })).toEqual([
      'GET /orders/:id 3',
      'POST /orders 2',
    ]);
    for (const sort of ['impact', 'p95', 'avg', 'requests', 'errors', 'n_plus_one', 'queries']) {
      const whole = await server.rows<Endpoint>('/endpoints', { sort });
      expect(await server.pages<Endpoint>('/endpoints', 1, { sort })).toEqual(whole);
    }
  });

  it('gives a series by time, by version and by both', async () => {
    const server = await api();
    const series = async (query: Record<string, string>) => {
      const search = new URLSearchParams({ since: iso(START_MS), endpoint: 'GET /orders/:id', ...query });
      return (await server.ask<EndpointSeries>(`/endpoints/series?${search}`)).body;
    };
    const byTime = await series({ step: '30' });
    expect(byTime.stepMinutes).toBe(30);
    const halfHour = (minute: number) => Math.floor((START_MS / MINUTE_MS + minute) / 30) * 30 * MINUTE_MS;
    const expected = new Map<string, number>();
    for (let i = 0; i < 10; i++) {
      const time = iso(halfHour(i * 10));
      expected.set(time, (expected.get(time) ?? 0) + 1);
    }
    expect(byTime.items.map(({ time, requests }) => [time, requests])).toEqual([...expected]);
    expect(byTime.items.every(({ version }) => version === null)).toBe(true);

    const byVersion = await series({ by: 'version' });
    expect(
      byVersion.items.map(({ time, version, requests, avgMs, nPlusOneRequests }) => [
        time,
        version,
        requests,
        avgMs,
        nPlusOneRequests,
      ]),
    ).toEqual([
      [null, '1.0', 5, 300, 0],
      [null, '2.0', 5, 800, 5],
    ]);
    const byBoth = await series({ by: 'time_version', step: '1440' });
    expect(byBoth.items.map(({ version, requests }) => [version, requests])).toEqual(
      expect.arrayContaining([['2.0', expect.any(Number)]]),
    );
    expect(byBoth.items.reduce((sum, { requests }) => sum + requests, 0)).toBe(10);
  });

  it('says of each request what is known', async () => {
    const requests = await (await api()).rows<Request>('/requests');
    expect(requests).toHaveLength(14);
    expect(requests.map(({ startedAt }) => startedAt)).toEqual(
      [...requests.map(({ startedAt }) => startedAt)].sort().reverse(),
    );
    expect(requests.find(({ traceId }) => traceId === traceOf(9))).toEqual({
      traceId: traceOf(9),
      spanId: spanOf(9),
      service: 'shop',
      environment: 'prod',
      version: '2.0',
      method: 'GET',
      route: '/orders/:id',
      path: '/orders/10',
      statusCode: 200,
      durationMs: 1000,
      startedAt: iso(START_MS + 90 * MINUTE_MS),
      queryCount: 7,
      queryMs: 22,
      slow: true,
      error: false,
      nPlusOne: true,
      exceptionType: null,
      exceptionMessage: null,
    });
    expect(requests.find(({ traceId }) => traceId === traceOf(10))).toMatchObject({
      statusCode: 500,
      error: true,
      nPlusOne: false,
      queryCount: 0,
      exceptionType: 'StockError',
      exceptionMessage: 'no stock of 17',
    });
  });

  it('finds requests by every filter, and leaves none out at the turn of a page', async () => {
    const server = await api();
    const found = async (query: Record<string, string>) =>
      (await server.rows<Request>('/requests', query))
        .map(({ traceId }) => Number.parseInt(traceId, 16) - 1)
        .sort((a, b) => a - b);
    expect(await found({ method: 'post' })).toEqual([10, 11, 12]);
    expect(await found({ status: '404' })).toEqual([12]);
    expect(await found({ status: '5xx,404' })).toEqual([10, 11, 12]);
    expect(await found({ slow: 'true' })).toEqual([9, 10]);
    expect(await found({ slow: 'false', service: 'billing' })).toEqual([13]);
    expect(await found({ exception: 'true' })).toEqual([10, 11]);
    expect(await found({ exception: 'false', method: 'POST' })).toEqual([12]);
    expect(await found({ nPlusOne: 'true' })).toEqual([5, 6, 7, 8, 9]);
    expect(await found({ nPlusOne: 'false', endpoint: 'GET /orders/:id' })).toEqual([0, 1, 2, 3, 4]);
    expect(await found({ minMs: '900' })).toEqual([8, 9, 10]);
    expect(await found({ q: 'orders/7' })).toEqual([6]);
    expect(await found({ q: 'INVOICES' })).toEqual([13]);
    expect(await found({ q: 'stockerror' })).toEqual([10, 11]);
    expect(await found({ q: 'stock of 4' })).toEqual([11]);
    expect(await found({ q: traceOf(3).toUpperCase() })).toEqual([3]);
    expect(await found({ q: "'; DROP TABLE spans --" })).toEqual([]);
    expect(await found({ version: '2.0', slow: 'true' })).toEqual([9]);
    for (const sort of ['newest', 'slowest']) {
      const whole = await server.rows<Request>('/requests', { sort });
      expect(await server.pages<Request>('/requests', 3, { sort })).toEqual(whole);
    }
    const slowest = await server.rows<Request>('/requests', { sort: 'slowest' });
    expect(slowest.map(({ durationMs }) => durationMs).slice(0, 3)).toEqual([1500, 1000, 900]);
  });

  it('adds queries up over their endpoints', async () => {
    const server = await api();
    const queries = await server.rows<Query>('/queries');
    expect(queries).toEqual([
      {
        fingerprint: fingerprint(ORDERS, 'postgresql').hex,
        summary: 'SELECT orders',
        text: 'SELECT * FROM orders',
        system: 'postgresql',
        service: 'shop',
        calls: 10,
        callsPerRequest: 1,
        totalMs: 100,
        avgMs: 10,
        p95Ms: expect.closeTo(10, 0),
        maxMs: 10,
        endpoints: ['GET /orders/:id'],
      },
      expect.objectContaining({
        summary: 'SELECT items',
        calls: 40,
        callsPerRequest: 4,
        totalMs: 80,
        avgMs: 2,
        maxMs: 2,
      }),
    ]);
    expect(await server.rows('/queries', { q: 'ITEMS' })).toEqual([queries[1]]);
    expect(await server.rows('/queries', { q: queries[0]!.fingerprint })).toEqual([queries[0]]);
    expect(await server.rows('/queries', { service: 'billing' })).toEqual([]);
    expect(await server.pages('/queries', 1)).toEqual(queries);
  });

  it('groups exceptions whose messages differ in their values only', async () => {
    const server = await api();
    const groups = await server.rows<ExceptionGroup>('/exceptions');
    expect(groups).toEqual([
      {
        key: expect.stringMatching(/^[0-9a-f]{16}$/),
        type: 'StockError',
        message: 'no stock of 4',
        service: 'shop',
        endpoint: 'POST /orders',
        count: 2,
        firstSeen: iso(START_MS + 5 * MINUTE_MS),
        lastSeen: iso(START_MS + 65 * MINUTE_MS),
        exampleTraceId: traceOf(11),
        stack: 'StockError\n    at order',
      },
    ]);
    expect(await server.rows('/exceptions', { q: 'nothing' })).toEqual([]);
    expect(await server.rows('/exceptions', { endpoint: 'GET /orders/:id' })).toEqual([]);
    expect(await server.pages('/exceptions', 1)).toEqual(groups);
  });

  it('lists services with their versions, and what their spans lack', async () => {
    const server = await api();
    const [shop, billing, ...others] = await server.rows<Service>('/services');
    expect(others).toEqual([]);
    expect(shop).toMatchObject({
      service: 'shop',
      requests: 13,
      errors: 2,
      instrumented: false,
      environments: ['prod'],
    });
    expect(shop!.versions.map(({ version, requests }) => [version, requests])).toEqual([
      ['2.0', 7],
      ['1.0', 6],
    ]);
    expect(billing).toMatchObject({ service: 'billing', requests: 1, avgMs: 40 });
    expect(await server.pages('/services', 1)).toEqual([shop, billing]);
    expect(await server.rows<ServiceDiagnosis>('/diagnosis', { service: 'shop' })).toEqual([
      {
        service: 'shop',
        requests: 13,
        requestsWithoutRoute: 0,
        databaseSpans: 50,
        databaseSpansWithStatement: 50,
        instrumented: false,
        versioned: true,
        clockAheadMs: 0,
      },
    ]);
  });

  it('shows a trace as a tree with the queries of its requests', async () => {
    const server = await api();
    const { body } = await server.ask<Trace>(`/traces/${traceOf(9).toUpperCase()}`);
    expect(body).toMatchObject({ traceId: traceOf(9), durationMs: 1000, services: ['shop'], spanCount: 8 });
    const [entry, ...otherRoots] = body.spans;
    expect(otherRoots).toEqual([]);
    expect(entry).toMatchObject({ entry: true, kind: 'server', route: '/orders/:id', offsetMs: 0, statusCode: 200 });
    expect(entry!.attributes).toEqual({ 'user_agent.original': 'curl' });
    expect(entry!.children.map(({ queryText, offsetMs }) => [queryText, offsetMs]).slice(0, 2)).toEqual([
      ['SELECT * FROM orders', 1],
      ['SELECT * FROM items WHERE order_id = ?', 2],
    ]);
    expect(
      body.queries.map(({ text, calls, nPlusOne, distinctValues }) => [text, calls, nPlusOne, distinctValues]),
    ).toEqual([
      ['SELECT * FROM items WHERE order_id = ?', 6, true, null],
      ['SELECT * FROM orders', 1, false, null],
    ]);
    const failed = await server.ask<Trace>(`/traces/${traceOf(10)}`);
    expect(failed.body.spans[0]).toMatchObject({
      exceptionType: 'StockError',
      events: [{ name: 'retried', offsetMs: 5, attributes: { times: 2 } }],
    });
    expect(await server.ask(`/traces/${'f'.repeat(32)}`)).toMatchObject({ status: 404 });
    expect(await server.ask('/traces/xyz')).toMatchObject({ status: 400 });
  });

  it('lists findings, and remembers what a person decided of one', async () => {
    const server = await api();
    const [finding, ...others] = await server.rows<Finding>('/findings');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      type: 'n_plus_one',
      service: 'shop',
      endpoint: 'GET /orders/:id',
      state: 'open',
      occurrences: 5,
      firstVersion: '2.0',
      fingerprint: fingerprint(ITEMS, 'postgresql').hex,
      repeatsMax: 6,
    });
    expect(await server.rows('/findings', { type: 'slow_query' })).toEqual([]);
    expect(await server.rows('/findings', { state: 'open,ignored', severity: finding!.severity })).toEqual([finding]);
    const decide = (key: string, body: string) =>
      server.ask(`/findings/${key}/state`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(await decide(finding!.key, '{"state":"acknowledged"}')).toEqual({
      status: 200,
      body: { key: finding!.key, state: 'acknowledged' },
    });
    expect(await server.rows('/findings', { state: 'open' })).toEqual([]);
    expect(await server.rows('/findings', { state: 'acknowledged' })).toHaveLength(1);
    expect(await decide('0'.repeat(16), '{"state":"open"}')).toMatchObject({ status: 404 });
    expect(await decide('nonsense', '{"state":"open"}')).toMatchObject({ status: 400 });
    expect(await decide(finding!.key, '{"state":"gone"}')).toMatchObject({ status: 400 });
    expect(await decide(finding!.key, '{"state":')).toMatchObject({ status: 400 });
  });

  it('lists summaries by window', async () => {
    const server = await api();
    const windows = await server.rows<Summary>('/summaries', { endpoint: 'GET /orders/:id' });
    expect(windows.reduce((sum, { requests }) => sum + requests, 0)).toBe(10);
    expect(windows.every(({ windowMinutes, complete }) => windowMinutes === 60 && complete)).toBe(true);
    expect(windows.map(({ windowStart }) => windowStart)).toEqual(
      [...windows.map(({ windowStart }) => windowStart)].sort().reverse(),
    );
    expect(await server.pages('/summaries', 2, { endpoint: 'GET /orders/:id' })).toEqual(windows);
  });

  it('lists regressions, newest first', async () => {
    const server = await api();
    await server.store.insertRows(
      'regressions',
      ['a', 'b', 'c'].map((key, i) => ({
        key,
        kind: 'response_time',
        rule: 'ratio',
        state: i === 0 ? 'resolved' : 'firing',
        service: 'shop',
        environment: 'prod',
        method: 'GET',
        route: '/orders/:id',
        baseline: 100,
        current: 300,
        change: 3,
        baseline_requests: 20,
        current_requests: 30,
        version: '2.0',
        explanation: 'slower',
        window_start: iso(START_MS + i * 60 * MINUTE_MS),
        window_minutes: 60,
        started_at: iso(START_MS + i * 60 * MINUTE_MS),
        resolved_at: i === 0 ? iso(START_MS + 60 * MINUTE_MS) : null,
        updated_at: iso(Date.now()),
      })),
    );
    const regressions = await server.rows<Regression>('/regressions');
    expect(regressions.map(({ key }) => key)).toEqual(['c', 'b', 'a']);
    expect(regressions[2]).toMatchObject({
      kind: 'response_time',
      endpoint: 'GET /orders/:id',
      state: 'resolved',
      startedAt: iso(START_MS),
      resolvedAt: iso(START_MS + 60 * MINUTE_MS),
      baselineRequests: 20,
    });
    expect((await server.rows<Regression>('/regressions', { state: 'firing' })).map(({ key }) => key)).toEqual([
      'c',
      'b',
    ]);
    expect(await server.rows('/regressions', { service: 'billing' })).toEqual([]);
    expect(await server.pages('/regressions', 1)).toEqual(regressions);
  });

  it('closes the last window when asked, and says what it did', async () => {
    const server = await api();
    const { status, body } = await server.ask<ComputeResult>('/compute', { method: 'POST' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ windowMinutes: 60, regressions: [], resolved: [] });
    expect(Date.parse(body.windowStart) % 3_600_000).toBe(0);
  });

  it('says what it is and holds', async () => {
    const { body } = await (await api()).ask<Status>('/status');
    expect(body).toMatchObject({
      version: '1.2.3',
      storage: { ready: true, spans: 65, requests: 14, oldestSpan: iso(START_MS), retentionDays: 7 },
      ingest: { received: 7, rejected: { too_old: 1 } },
      scheduler: { running: false },
      settings: {
        slowRequestThresholdMs: 1000,
        nPlusOneThreshold: 3,
        ignoredPaths: ['/admin', '/static', '/favicon.ico'],
      },
    });
    expect(body.storage.diskBytes).toBeGreaterThan(1000);
  });

  it('names every parameter that is wrong, of every list', async () => {
    const server = await api();
    const wrong = async (path: string) => {
      const { status, body } = await server.ask<ApiError>(path);
      expect(status, path).toBe(400);
      return (body.parameters ?? []).map(({ name }) => name);
    };
    for (const path of [
      '/endpoints',
      '/endpoints/series',
      '/requests',
      '/queries',
      '/exceptions',
      '/summaries',
      '/findings',
      '/regressions',
      '/services',
    ]) {
      expect(await wrong(`${path}?since=yesterday&until=1w&limit=0&bogus=1`)).toEqual([
        'since',
        'until',
        'limit',
        'bogus',
      ]);
      expect(await wrong(`${path}?limit=1001`)).toEqual(['limit']);
      expect(await wrong(`${path}?since=2026-01-02&until=2026-01-01`)).toEqual(['since']);
      expect(await wrong(`${path}?service=${'x'.repeat(1001)}`)).toEqual(['service']);
    }
    for (const path of [
      '/endpoints',
      '/requests',
      '/queries',
      '/exceptions',
      '/summaries',
      '/findings',
      '/regressions',
      '/services',
    ]) {
      expect(await wrong(`${path}?cursor=bogus`)).toEqual(['cursor']);
    }
    expect(await wrong('/endpoints?sort=worst')).toEqual(['sort']);
    expect(await wrong('/endpoints/series?by=day&step=0')).toEqual(['by', 'step']);
    expect(await wrong('/requests?slow=yes&status=abc&minMs=-1&sort=oldest&exception=1&nPlusOne=')).toEqual([
      'status',
      'slow',
      'exception',
      'minMs',
      'sort',
    ]);
    expect(await wrong('/findings?state=shut&type=bug&severity=high')).toEqual(['state', 'type', 'severity']);
    expect(await wrong('/regressions?state=open')).toEqual(['state']);
    expect(await server.ask('/nothing')).toMatchObject({ status: 404, body: { error: expect.any(String) } });
  });

  it('answers with an error, as JSON, when the storage is gone', async () => {
    const server = await api();
    await server.store.close();
    const { status, body } = await server.ask<ApiError>('/endpoints');
    expect(status).toBeGreaterThanOrEqual(500);
    expect(body.error).toEqual(expect.any(String));
    const stopped = await server.ask<Status>('/status');
    expect(stopped).toMatchObject({ status: 200, body: { storage: { ready: false } } });
  });
});
