import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { recomputeMinutes } from '../derive/recompute-minutes.ts';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import { nativeBlock } from '../store/native-rows.ts';
import type { Store } from '../store/store.ts';
import { findingDetail } from './finding-detail.ts';
import { setFindingState } from './finding-states.ts';
import { findings } from './findings.ts';
import { insertRequests } from './request-rows.ts';

const MINUTE_MS = 60_000;
const START_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 120 * MINUTE_MS;
const ITEMS = 'SELECT * FROM items WHERE order_id = ?';
const REPORT = 'SELECT sum(total) FROM orders';
const iso = (timeMs: number) => new Date(timeMs).toISOString();

let batches = 0;

/** One query of one request. Calls take 2 ms each, requests 100 ms, unless said. */
interface Query {
  readonly atMs?: number;
  readonly calls?: number;
  /** @default all of the calls */
  readonly repeats?: number;
  readonly system?: string;
  readonly callMs?: number;
  readonly requestMs?: number;
  readonly text?: string;
  readonly fingerprint?: bigint;
  readonly service?: string;
  readonly environment?: string;
  readonly version?: string;
  readonly method?: string;
  readonly route?: string;
  readonly loopPath?: string;
  readonly traceId?: string;
  readonly entrySpanId?: string;
  readonly callSite?: readonly [file: string, line: number, functionName: string];
  readonly distinctValues?: number;
}

/** Through the derivation, so that what is read here is what is written there. */
async function insertQueries(store: Store, ...queries: readonly Query[]): Promise<void> {
  await insertOnly(store, queries);
  const minutes = queries.map(({ atMs = START_MS }) => Math.floor(atMs / MINUTE_MS) * 60);
  await recomputeMinutes(store, minutes, { nPlusOneThreshold: 3, slowQueryThresholdMs: 100 }, Date.now());
}

async function insertOnly(store: Store, queries: readonly Query[]): Promise<void> {
  batches += 1;
  const rows = queries.map((query, index) => ({
    timestamp: BigInt(query.atMs ?? START_MS) * 1_000_000n,
    trace_id: query.traceId ?? `trace-${batches}-${index}`,
    entry_span_id: query.entrySpanId ?? `entry-${batches}-${index}`,
    source: 'entry',
    service: query.service ?? 'shop',
    environment: query.environment ?? '',
    version: query.version ?? '1.0.0',
    method: query.method ?? 'GET',
    route: query.route ?? '/orders',
    request_duration_ns: BigInt((query.requestMs ?? 100) * 1e6),
    fingerprint: query.fingerprint ?? 0xabcn,
    loop_path: query.loopPath ?? '',
    db_system: query.system ?? 'postgresql',
    query_text: query.text ?? ITEMS,
    calls: query.calls ?? 10,
    repeats: query.repeats ?? query.calls ?? 10,
    duration_ns: BigInt((query.calls ?? 10) * (query.callMs ?? 2) * 1e6),
    duration_ns_max: BigInt((query.callMs ?? 2) * 1e6),
    code_file_path: query.callSite?.[0] ?? '',
    code_line_number: query.callSite?.[1] ?? 0,
    code_function_name: query.callSite?.[2] ?? '',
    distinct_values: query.distinctValues ?? -1,
  }));
  const token = `queries ${batches}`;
  await store.insertBlocks('request_queries', [nativeBlock('request_queries', rows)], {
    id: String(batches),
    deduplicationToken: token,
  });
}

eachStore('findings', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  it('add up the evidence of an N+1 over requests, minutes and versions', async () => {
    const store = await migrated();
    await insertQueries(
      store,
      { calls: 10, callMs: 4, traceId: 'a', version: '1.0.0', callSite: ['src/orders.ts', 42, 'loadItems'] },
      { calls: 10, callMs: 4, traceId: 'b' },
      { calls: 40, callMs: 4, requestMs: 200, traceId: 'c', atMs: START_MS + 5 * MINUTE_MS + 1234, version: '1.1.0' },
      { calls: 2, callMs: 4 },
    );
    const found = await findings(store);
    expect(found).toEqual([
      {
        key: expect.stringMatching(/^[0-9a-f]{16}$/),
        type: 'n_plus_one',
        service: 'shop',
        endpoint: 'GET /orders',
        severity: 'critical',
        state: 'open',
        reopened: false,
        resolvedBy: '',
        fixedVersion: '',
        summary:
          'SELECT * FROM items WHERE order_id = ? runs 10 times (at most 40) in a request of GET /orders, 80.0 ms in all, ' +
          'called from src/orders.ts:42 (loadItems)',
        occurrences: 3,
        firstSeen: iso(START_MS),
        lastSeen: iso(START_MS + 5 * MINUTE_MS + 1234),
        firstVersion: '1.0.0',
        fingerprint: '0000000000000abc',
        query: ITEMS,
        loopPath: '',
        repeatsP50: 10,
        repeatsMax: 40,
        msPerRequest: 80,
        // 9 of 10 calls of 4 ms twice, and 39 of 40 once.
        savedMsPerRequest: 76,
        savedMs: 228,
        callSite: 'src/orders.ts:42 (loadItems)',
        distinctValues: null,
        exampleTraceIds: ['c'],
      },
    ]);
  });

  it('tell a slow query that does not repeat from an N+1', async () => {
    const store = await migrated();
    await insertQueries(store, { calls: 1, callMs: 250, requestMs: 300, text: REPORT, route: '/report' });
    expect(await findings(store)).toMatchObject([
      {
        type: 'slow_query',
        endpoint: 'GET /report',
        severity: 'critical',
        occurrences: 1,
        msPerRequest: 250,
        summary: 'SELECT sum(total) FROM orders takes up to 250.0 ms in GET /report, 250.0 ms a request',
      },
    ]);
  });

  it('call it an N+1 when it is both, and let the requests that were only slow not thin its repeats', async () => {
    const store = await migrated();
    const slowOnly = Array.from({ length: 5 }, (_, index) => ({
      calls: 1,
      callMs: 150,
      atMs: START_MS + (index + 1) * MINUTE_MS,
    }));
    await insertQueries(store, { calls: 8, callMs: 150, requestMs: 1500 }, ...slowOnly);
    expect(await findings(store)).toMatchObject([{ type: 'n_plus_one', occurrences: 1, repeatsP50: 8, repeatsMax: 8 }]);
  });

  it('keep loop paths, endpoints and services apart', async () => {
    const store = await migrated();
    await insertQueries(
      store,
      {},
      { loopPath: 'loadItems' },
      { route: '/items' },
      { service: 'billing' },
      { method: 'POST' },
    );
    const found = await findings(store);
    expect(found).toHaveLength(5);
    expect(new Set(found.map(({ key }) => key)).size).toBe(5);
  });

  it('come heaviest first: by what doing the query once would save in all', async () => {
    const store = await migrated();
    await insertQueries(
      store,
      { route: '/often', calls: 4, callMs: 5 },
      { route: '/often', calls: 4, callMs: 5 },
      { route: '/often', calls: 4, callMs: 5 },
      { route: '/many', calls: 100, callMs: 0.1 },
      { route: '/heavy', calls: 3, callMs: 50 },
      { route: '/slow', calls: 1, callMs: 120 },
    );
    const order = (await findings(store)).map(({ endpoint }) => endpoint);
    // 120 ms, 3 x 50 less one, 3 x (4 x 5 less one), 100 x 0.1 less one.
    expect(order).toEqual(['GET /slow', 'GET /heavy', 'GET /often', 'GET /many']);
  });

  it('are narrowed by what is asked for', async () => {
    const store = await migrated();
    await insertQueries(
      store,
      { route: '/a' },
      { route: '/b', service: 'billing' },
      { route: '/c', environment: 'production' },
      { route: '/d', version: '2.0.0' },
      { route: '/e', method: 'POST' },
      { route: '/f', calls: 1, callMs: 500, requestMs: 600 },
      { route: '/g', atMs: START_MS + 10 * MINUTE_MS },
      { route: '/h', calls: 20, callMs: 4 },
    );
    const routes = async (filter: object) =>
      (await findings(store, filter))
        .map(({ endpoint }) => endpoint.split(' /')[1])
        .sort()
        .join('');
    expect(await routes({})).toBe('abcdefgh');
    expect(await routes({ service: 'billing' })).toBe('b');
    expect(await routes({ environment: 'production' })).toBe('c');
    expect(await routes({ version: '2.0.0' })).toBe('d');
    expect(await routes({ endpoint: 'POST /e' })).toBe('e');
    expect(await routes({ endpoint: '/e' })).toBe('e');
    expect(await routes({ endpoint: 'GET /e' })).toBe('');
    expect(await routes({ types: ['slow_query'] })).toBe('f');
    expect(await routes({ types: ['n_plus_one'] })).toBe('abcdegh');
    expect(await routes({ types: ['cache_loop'] })).toBe('');
    expect(await routes({ sinceMs: START_MS + MINUTE_MS })).toBe('g');
    expect(await routes({ untilMs: START_MS + 10 * MINUTE_MS })).toBe('abcdefh');
    expect(await routes({ severities: ['critical'] })).toBe('fh');
    expect(await routes({ severities: ['info'] })).toBe('abcdeg');
    expect(await routes({ severities: ['critical'], limit: 1 })).toBe('f');
    expect(await routes({ severities: ['critical'], limit: 1, offset: 1 })).toBe('h');
    expect(await routes({ limit: 1 })).toBe('f');
    expect(await routes({ limit: 1, offset: 1 })).toBe('h');
    const [first] = await findings(store);
    expect(await routes({ key: first!.key })).toBe('f');
  });

  it('count within the time asked for, and say since when the finding is known at all', async () => {
    const store = await migrated();
    await insertQueries(
      store,
      { version: '1.0.0', calls: 50 },
      { version: '1.1.0', atMs: START_MS + 30 * MINUTE_MS },
      { version: '1.1.0', atMs: START_MS + 60 * MINUTE_MS, calls: 50 },
    );
    const filter = { sinceMs: START_MS + 10 * MINUTE_MS, untilMs: START_MS + 50 * MINUTE_MS };
    expect(await findings(store, filter)).toMatchObject([
      { occurrences: 1, repeatsMax: 10, firstSeen: iso(START_MS), firstVersion: '1.0.0' },
    ]);
  });

  it('say how many distinct values were bound, where an app counted them', async () => {
    const store = await migrated();
    await insertQueries(store, { distinctValues: -1 }, { distinctValues: 1 });
    const [found] = await findings(store);
    expect(found?.distinctValues).toBe(1);
    expect(found?.summary).toContain('always with the same values');
  });

  it('keep the state that a person set, and open again when seen after they were resolved', async () => {
    const store = await migrated();
    await insertQueries(store, {});
    const [{ key } = { key: '' }] = await findings(store);
    const states = async (filter = {}) =>
      (await findings(store, filter)).map(({ state, reopened }) => [state, reopened]);
    expect(await states()).toEqual([['open', false]]);
    for (const state of ['acknowledged', 'ignored', 'open', 'resolved'] as const) {
      expect(await setFindingState(store, key, state)).toBe(true);
      expect(await states()).toEqual([[state, false]]);
      expect(await states({ states: [state] })).toHaveLength(1);
    }
    expect(await states({ states: ['open'] })).toEqual([]);

    await insertQueries(store, { atMs: Date.now() + 5000 });
    expect(await states()).toEqual([['open', true]]);
    expect(await states({ states: ['resolved'] })).toEqual([]);
    expect(await states({ states: ['open'] })).toHaveLength(1);
    // An ignored finding stays ignored, however often it is seen.
    await setFindingState(store, key, 'ignored');
    expect(await states()).toEqual([['ignored', false]]);
  });

  it('take no state for a finding that does not exist', async () => {
    const store = await migrated();
    expect(await setFindingState(store, '00000000000000ff', 'resolved')).toBe(false);
    expect(await setFindingState(store, 'nonsense', 'resolved')).toBe(false);
    expect(await store.query(`SELECT * FROM ${store.database}.finding_states`)).toEqual([]);
  });

  it('are named for what their requests show', async () => {
    const store = await migrated();
    await insertQueries(
      store,
      { route: '/a', distinctValues: 5 },
      { route: '/b', distinctValues: 1 },
      { route: '/c', system: 'redis' },
      { route: '/d', system: 'redis', calls: 9 },
      { route: '/e', system: 'http', text: 'GET http://stock/{id}', callMs: 900, requestMs: 9000 },
      { route: '/f', system: 'http', text: 'GET http://stock/{id}', calls: 1, callMs: 900 },
      { route: '/g', repeats: 2 },
      { route: '/h', text: '(other)', calls: 55 },
      { route: '/i', calls: 49, repeats: 2 },
    );
    const types = (await findings(store)).map(({ endpoint, type }) => `${endpoint.at(-1)} ${type}`);
    expect(types.sort()).toEqual([
      'a n_plus_one',
      'b duplicate_query',
      'c cache_loop',
      'e n_plus_one_http',
      'h many_queries',
    ]);
    const [many] = await findings(store, { types: ['many_queries'] });
    expect(many).toMatchObject({ fingerprint: '0000000000000000', query: '', repeatsP50: 55, msPerRequest: 110 });
    expect(many?.summary).toBe('A request of GET /h makes 55 queries that are no loop, 110.0 ms in all');
  });

  it('would save no more than a request took, however much runs side by side', async () => {
    const store = await migrated();
    await insertQueries(store, { calls: 50, callMs: 30, requestMs: 40 }, { calls: 5, callMs: 2, requestMs: 40 });
    expect(await findings(store)).toMatchObject([{ savedMs: 48, savedMsPerRequest: 24, msPerRequest: 755 }]);
  });

  it('are resolved by a version that no longer shows them, and by absence', async () => {
    const store = await migrated();
    const inAWeekMs = Date.now() + 7 * 86_400_000;
    await insertQueries(store, { version: '1.0.0' }, { route: '/old' });
    await insertRequests(
      store,
      { startMs: START_MS, count: 30, durationMs: 100, version: '1.0.0' },
      { startMs: START_MS + 30 * MINUTE_MS, count: 200, durationMs: 10, version: '2.0.0' },
    );
    const states = (await findings(store, {}, inAWeekMs)).map(({ endpoint, state, resolvedBy, fixedVersion }) => [
      endpoint,
      state,
      resolvedBy,
      fixedVersion,
    ]);
    expect(states.sort()).toEqual([
      ['GET /old', 'resolved', 'absence', ''],
      ['GET /orders', 'resolved', 'version', '2.0.0'],
    ]);
    expect((await findings(store, { states: ['open'] })).map(({ endpoint }) => endpoint)).toEqual(['GET /old']);
    expect(await findings(store, { states: ['open'] }, inAWeekMs)).toEqual([]);
    expect(await findings(store, { states: ['resolved'], limit: 1, offset: 1 }, inAWeekMs)).toHaveLength(1);
    const [{ key } = { key: '' }] = await findings(store, { endpoint: '/orders' });
    expect(await findingDetail(store, key, Date.now())).toMatchObject({
      key,
      days: [{ occurrences: 1, savedMs: 18 }],
      versions: [
        { version: '1.0.0', requests: 30, occurrences: 1, firstSeen: iso(START_MS) },
        { version: '2.0.0', requests: 200, occurrences: 0, firstSeen: null },
      ],
    });
    expect(await findingDetail(store, '00000000000000ff', Date.now())).toBeUndefined();
  });

  it('come out the same when a busy minute is computed service by service', async () => {
    const store = await migrated();
    const of = (service: string): Query[] => [
      { service, calls: 12 },
      { service, calls: 60, text: 'SELECT 1', callMs: 200, fingerprint: 7n },
      { service, calls: 55, repeats: 0, route: '/many', fingerprint: 9n },
    ];
    await insertQueries(store, ...['', 'cart', 'shop "é"', 'zoo'].flatMap(of));
    const atOnce = await findings(store);
    expect(atOnce).toHaveLength(12);
    for (const table of ['request_minutely', 'query_minutely', 'finding_minutely']) {
      await store.command(`TRUNCATE TABLE ${store.database}.${table}`);
    }
    const thresholds = { nPlusOneThreshold: 3, slowQueryThresholdMs: 100 };
    await recomputeMinutes(store, [Math.floor(START_MS / 1000)], thresholds, Date.now(), 1);
    expect(await findings(store)).toEqual(atOnce);
    const [sums] = await store.query(
      `SELECT (SELECT sum(query_count) FROM ${store.database}.request_minutely FINAL) AS requests,
         (SELECT sum(calls) FROM ${store.database}.query_minutely FINAL) AS queries`,
    );
    expect(sums).toEqual({ requests: 4 * 127, queries: 4 * 127 });
  });

  it('know no more than the newest computation of a minute', async () => {
    const store = await migrated();
    await insertQueries(store, { traceId: 'a' });
    await insertQueries(store, { traceId: 'b' });
    expect(await findings(store)).toMatchObject([{ occurrences: 2 }]);
  });

  it('know no more of a request than what was last written of it', async () => {
    const store = await migrated();
    const request = { traceId: 'a', entrySpanId: 'entry' };
    const loopPaths = ['list', 'total'];
    const paths = (query: Query) => loopPaths.map((loopPath) => ({ ...request, ...query, loopPath }));
    await insertOnly(store, [...paths({ calls: 60, callMs: 200 })]);
    await sleep(2);
    await insertQueries(store, ...paths({ calls: 2 }));
    expect(await findings(store)).toEqual([]);
    const [numbers] = await store.query(
      `SELECT (SELECT (sum(query_count), sum(n_plus_one_requests)) FROM ${store.database}.request_minutely FINAL) AS requests,
         (SELECT (sum(calls), sum(requests), max(duration_ns_max)) FROM ${store.database}.query_minutely FINAL) AS queries`,
    );
    expect(Object.values(numbers!).map((tuple) => Object.values(tuple as object))).toEqual([
      [4, 0],
      [4, 1, 2e6],
    ]);
  });
});
