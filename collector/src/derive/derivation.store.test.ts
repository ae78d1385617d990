import { fingerprint } from '@profiler/analysis';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { Store } from '../store/store.ts';
import { createDerivation, type Derivation } from './derivation.ts';
import { entryRow, insertRowsOf, insertSpans, MINUTE_NS, type TestSpan } from './span-rows.ts';

const ITEMS = 'SELECT * FROM items WHERE order_id = $1';
const ORDERS = 'SELECT * FROM orders LIMIT 10';
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };

/**
 *     GET /orders
 *       SELECT orders
 *       loadItems          x calls
 *         SELECT items
 */
function ordersTrace(traceId: string, calls: number, entry: Partial<TestSpan> = {}): TestSpan[] {
  const loops = Array.from({ length: calls }, (_, i): TestSpan[] => [
    { traceId, id: `loop${i}`, parent: 'entry', name: 'loadItems', startNs: i },
    { traceId, id: `items${i}`, parent: `loop${i}`, query: ITEMS, startNs: i, durationNs: 1_000 + i },
  ]);
  return [
    { traceId, id: 'entry', endpoint: 'GET /orders', durationNs: 50_000_000, ...entry },
    { traceId, id: 'orders', parent: 'entry', query: ORDERS },
    ...loops.flat(),
  ];
}

eachStore('the derivation', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  function derivationOf(store: Store, thresholds: { slowQueryThresholdMs?: number } = {}): Derivation {
    return createDerivation({
      store,
      nPlusOneThreshold: 3,
      slowQueryThresholdMs: 100,
      registry: new Registry(),
      log: QUIET,
      ...thresholds,
    });
  }

  it('attributes queries to their request by loop path, and summarises the minute', async () => {
    const store = await migrated();
    await insertSpans(store, ordersTrace('t1', 4));
    const derivation = derivationOf(store);
    await derivation.settle();
    expect(await requestQueries(store)).toEqual([
      {
        trace_id: 't1',
        entry_span_id: 'entry',
        source: 'derived',
        route: '/orders',
        loop_path: '',
        calls: 1,
        ns: 1_000_000,
        max: 1_000_000,
      },
      {
        trace_id: 't1',
        entry_span_id: 'entry',
        source: 'derived',
        route: '/orders',
        loop_path: 'loadItems',
        calls: 4,
        ns: 4_006,
        max: 1_003,
      },
    ]);
    expect(await rollups(store)).toEqual({
      requests: [{ route: '/orders', query_count: 5, query_ns: 1_004_006, n_plus_one_requests: 1 }],
      queries: [
        { query_text: fingerprint(ORDERS).text, calls: 1, requests: 1, ns: 1_000_000, max: 1_000_000, p50: 999_424 },
        { query_text: fingerprint(ITEMS).text, calls: 4, requests: 1, ns: 4_006, max: 1_003, p50: 1_000 },
      ],
      findings: [
        {
          query_text: fingerprint(ITEMS).text,
          loop_path: 'loadItems',
          repeated_requests: 1,
          many_requests: 0,
          slow_requests: 0,
          repeats_p50: 4,
          repeats_max: 4,
          ns: 4_006,
          request_ns: 50_000_000,
          call_site: ':0',
          distinct_values: -1,
          example_trace_ids: ['t1'],
        },
      ],
    });
    expect(derivation.status()).toMatchObject({
      derivedTraces: 1,
      unattributed: 0,
      backlog: 0,
      failedRuns: 0,
      lastError: null,
    });
  });

  it('gives the same for one batch each, in reverse order, with runs between', async () => {
    const whole = await migrated();
    const traces = [ordersTrace('t1', 4), ordersTrace('t2', 3), ordersTrace('t3', 2)].flat();
    await insertSpans(whole, traces);
    await derivationOf(whole).settle();
    const expected = { rows: await requestQueries(whole), rollups: await rollups(whole) };
    await whole.close();

    const pieces = await migrated();
    const derivation = derivationOf(pieces);
    for (const [index, span] of [...traces].reverse().entries()) {
      await insertSpans(pieces, [span]);
      if (index % 5 === 0) await derivation.settle();
    }
    await derivation.settle();
    expect({ rows: await requestQueries(pieces), rollups: await rollups(pieces) }).toEqual(expected);
    expect(derivation.status().unattributed).toBe(0);
  });

  it('counts what waits for its entry span, until that comes', async () => {
    const store = await migrated();
    const [entry, ...rest] = ordersTrace('t1', 3);
    await insertSpans(store, rest);
    const derivation = derivationOf(store);
    await derivation.settle();
    expect(await requestQueries(store)).toEqual([]);
    expect(derivation.status().unattributed).toBe(4);
    await insertSpans(store, [entry!]);
    await derivation.settle();
    expect((await requestQueries(store)).map((row) => row.calls)).toEqual([1, 3]);
    expect(derivation.status().unattributed).toBe(0);
  });

  it('adds late queries to those that an instrumented app counted, and counts no folded one', async () => {
    const store = await migrated();
    const entry = { traceId: 't1', id: 'entry', endpoint: 'GET /orders' };
    await insertSpans(store, [
      { ...entry, instrumented: true },
      { traceId: 't1', id: 'loop0', parent: 'entry', name: 'loadItems', folded: true },
      { traceId: 't1', id: 'items0', parent: 'loop0', query: ITEMS, folded: true },
      {
        traceId: 't1',
        id: 'items1',
        parent: 'gone',
        query: ITEMS,
        durationNs: 5_000,
        late: { entry: 'entry', loopPath: 'loadItems' },
      },
    ]);
    await insertRowsOf(store, 'request_queries', [
      entryRow(entry, {
        text: ITEMS,
        loopPath: 'loadItems',
        calls: 2,
        durationNs: 3_000,
        maxNs: 2_000,
        line: 42,
        distinct: 2,
      }),
      entryRow(entry, { text: '(other)', loopPath: '', calls: 50, durationNs: 50, maxNs: 1 }),
    ]);
    await derivationOf(store).settle();
    expect(await requestQueries(store)).toMatchObject([
      { source: 'entry', loop_path: '', calls: 50 },
      { source: 'entry', loop_path: 'loadItems', calls: 2 },
      { source: 'derived', loop_path: 'loadItems', calls: 1 },
    ]);
    const { requests, findings } = await rollups(store);
    expect(requests).toEqual([{ route: '/orders', query_count: 53, query_ns: 8_050, n_plus_one_requests: 1 }]);
    // Two and one are three: an N+1 only together. What found no room in the table is no statement, however many; but many.
    expect(findings).toMatchObject([
      { loop_path: '', query_text: '', repeated_requests: 0, many_requests: 1, repeats_max: 51 },
      { loop_path: 'loadItems', repeats_max: 3, call_site: 'shop.ts:42', distinct_values: 2 },
    ]);
  });

  it('gives a late query to its instrumented entry span also when that comes after it', async () => {
    const store = await migrated();
    const derivation = derivationOf(store);
    await insertSpans(store, [
      { traceId: 't1', id: 'q', parent: 'gone', query: ITEMS, late: { entry: 'entry', loopPath: 'x' } },
    ]);
    await derivation.settle();
    expect(derivation.status().unattributed).toBe(1);
    await insertSpans(store, [{ traceId: 't1', id: 'entry', endpoint: 'GET /orders', instrumented: true }]);
    await derivation.settle();
    expect(await requestQueries(store)).toMatchObject([{ entry_span_id: 'entry', loop_path: 'x', calls: 1 }]);
  });

  it('gives each query to the nearest entry span, whatever the service', async () => {
    const store = await migrated();
    await insertSpans(store, [
      { traceId: 't1', id: 'a', endpoint: 'GET /orders' },
      { traceId: 't1', id: 'call', parent: 'a', name: 'GET' },
      { traceId: 't1', id: 'b', parent: 'call', endpoint: 'GET /stock', service: 'stock' },
      { traceId: 't1', id: 'bq', parent: 'b', query: ITEMS, service: 'stock' },
      { traceId: 't1', id: 'proxy', parent: 'call', name: 'proxy', service: 'database-proxy' },
      { traceId: 't1', id: 'pq', parent: 'proxy', query: ORDERS, service: 'database-proxy' },
    ]);
    await derivationOf(store).settle();
    expect(await requestQueries(store)).toMatchObject([
      { entry_span_id: 'a', route: '/orders', loop_path: 'GET > proxy', calls: 1 },
      { entry_span_id: 'b', route: '/stock', loop_path: '', calls: 1 },
    ]);
  });

  it('leaves out an ignored request with all below it', async () => {
    const store = await migrated();
    await insertSpans(store, [
      ...ordersTrace('t1', 3, { ignored: true }),
      { traceId: 't1', id: 'failed', parent: 'entry', exception: 'no' },
    ]);
    await derivationOf(store).settle();
    expect(await requestQueries(store)).toEqual([]);
    expect(await exceptions(store)).toEqual([]);
  });

  it('knows a slow query by its threshold, without any repeat', async () => {
    const store = await migrated();
    const at = (traceId: string, durationNs: number): TestSpan[] => [
      { traceId, id: 'entry', endpoint: 'GET /orders' },
      { traceId, id: 'q', parent: 'entry', query: ORDERS, durationNs },
    ];
    await insertSpans(store, [...at('slow', 20_000_000), ...at('fast', 19_999_999)]);
    await derivationOf(store, { slowQueryThresholdMs: 20 }).settle();
    expect((await rollups(store)).findings).toMatchObject([
      { repeated_requests: 0, slow_requests: 1, repeats_p50: 1, example_trace_ids: ['slow'] },
    ]);
  });

  it('changes nothing when it runs again, and goes on where it was after a restart', async () => {
    const store = await migrated();
    const traces = [ordersTrace('t1', 4), ordersTrace('t2', 3)].flat();
    await insertSpans(store, traces.slice(0, 7));
    const first = derivationOf(store);
    await first.settle();
    await insertSpans(store, traces.slice(7));
    await first.close();

    const second = derivationOf(store);
    await second.settle();
    const before = { rows: await requestQueries(store), rollups: await rollups(store) };
    expect(before.rows.map((row) => row.calls)).toEqual([1, 4, 1, 3]);
    await second.settle();
    await second.close();
    await store.command(`TRUNCATE TABLE ${store.database}.progress`);
    await derivationOf(store).settle();
    expect({ rows: await requestQueries(store), rollups: await rollups(store) }).toEqual(before);
    expect(before.rollups.requests).toMatchObject([{ query_count: 9, n_plus_one_requests: 2 }]);
  });

  it('does the same work once only', async () => {
    const store = await migrated();
    await insertSpans(store, ordersTrace('t1', 3));
    const derivation = derivationOf(store);
    await derivation.settle();
    await derivation.settle();
    expect(derivation.status()).toMatchObject({ derivedTraces: 1, recomputedMinutes: 1 });
  });

  it('waits until a trace is quiet, but not for ever', async () => {
    const store = await migrated();
    const startMs = Math.floor(Date.now() / 1000) * 1000;
    const arrives = (spanId: string, afterSeconds: number) =>
      store.command(
        `INSERT INTO ${store.database}.spans
           (timestamp, trace_id, span_id, parent_span_id, kind, entry, fingerprint, batch_id, inserted_at)
         VALUES (fromUnixTimestamp64Milli({startMs:Int64}), 't1', {spanId:String}, if({spanId:String} = 'entry', '', 'entry'), 2,
           {spanId:String} = 'entry', {spanId:String} != 'entry', 1, fromUnixTimestamp64Milli({arrivedMs:Int64}))`,
        { startMs, spanId, arrivedMs: startMs + afterSeconds * 1000 },
      );
    let nowMs = startMs;
    const at = (afterSeconds: number) => {
      nowMs = startMs + afterSeconds * 1000;
      return derivation.runOnce();
    };
    const derivation = createDerivation({
      store,
      nPlusOneThreshold: 3,
      slowQueryThresholdMs: 100,
      registry: new Registry(),
      log: QUIET,
      now: () => nowMs,
    });
    await arrives('entry', 0);
    await arrives('first', 0);
    expect(await at(1)).toMatchObject({ traces: 0 });
    for (let second = 1; second <= 26; second++) await arrives(`more${second}`, second);
    expect(await at(3)).toMatchObject({ traces: 0 });
    expect(await at(28)).toMatchObject({ traces: 1 });
    expect(await requestQueries(store)).toMatchObject([{ calls: 27 }]);

    for (let second = 29; second <= 62; second++) await arrives(`more${second}`, second);
    expect(await at(50)).toMatchObject({ traces: 0 });
    expect(await at(60)).toMatchObject({ traces: 1 });
    expect(await requestQueries(store)).toMatchObject([{ calls: 61 }]);
  });

  it('records an exception once for its request, from spans or log records, the deepest with its stack', async () => {
    const store = await migrated();
    await insertSpans(store, [
      { traceId: 't1', id: 'entry', endpoint: 'GET /orders', exception: 'order 1 failed' },
      { traceId: 't1', id: 'handler', parent: 'entry', exception: 'order 1 failed' },
      { traceId: 't1', id: 'inner', parent: 'handler' },
    ]);
    const record = { service: 'shop', exception_type: 'Error', timestamp: MINUTE_NS };
    await insertRowsOf(store, 'log_exceptions', [
      {
        ...record,
        trace_id: 't1',
        span_id: 'inner',
        exception_message: 'order 1 failed',
        exception_stacktrace: 'from the log',
      },
      { ...record, trace_id: 't1', span_id: 'unsampled', exception_message: 'its span never came' },
      { ...record, trace_id: 't2', span_id: 'elsewhere', exception_message: 'a trace without spans' },
    ]);
    const derivation = derivationOf(store);
    await derivation.settle();
    const expected = [
      { trace_id: 't1', occurrence_id: 'entry', route: '/orders', exception_message: 'its span never came' },
      {
        trace_id: 't1',
        occurrence_id: 'entry',
        route: '/orders',
        exception_message: 'order 1 failed',
        exception_stacktrace: 'from the log',
      },
      { trace_id: 't2', occurrence_id: 'elsewhere', route: '', exception_message: 'a trace without spans' },
    ];
    expect(await exceptions(store)).toMatchObject(expected);
    await store.command(`TRUNCATE TABLE ${store.database}.progress`);
    await derivationOf(store).settle();
    expect(await exceptions(store)).toMatchObject(expected);
  });

  it('records an exception whose message is in another alphabet', async () => {
    const store = await migrated();
    const exception = 'заказ не найден: '.repeat(8);
    await insertSpans(store, [{ traceId: 't1', id: 'entry', endpoint: 'GET /orders', exception }]);
    await derivationOf(store).settle();
    expect(await exceptions(store)).toMatchObject([{ trace_id: 't1', exception_message: exception }]);
  });

  it('takes back what a log record stood for when its span comes after it was given up', async () => {
    const store = await migrated();
    const record = { trace_id: 't1', service: 'shop', exception_type: 'Error', timestamp: MINUTE_NS };
    await insertRowsOf(store, 'log_exceptions', [
      { ...record, span_id: 'later', exception_message: 'one' },
      { ...record, span_id: 'later', exception_message: 'two' },
      { ...record, span_id: 'outside', exception_message: 'three' },
    ]);
    const derivation = derivationOf(store);
    await derivation.settle();
    const occurrences = async () =>
      (await exceptions(store)).map((it) => {
        const { occurrence_id, exception_message } = it as Record<string, string>;
        return `${occurrence_id} ${exception_message}`;
      });
    expect(await occurrences()).toEqual(['later one', 'later two', 'outside three']);
    await insertSpans(store, [
      { traceId: 't1', id: 'entry', endpoint: 'GET /orders' },
      { traceId: 't1', id: 'later', parent: 'entry' },
      { traceId: 't1', id: 'outside' },
    ]);
    await derivation.settle();
    expect(await occurrences()).toEqual(['entry one', 'entry two', 'outside three']);
    await derivationOf(store).settle();
    expect(await occurrences()).toEqual(['entry one', 'entry two', 'outside three']);
  });

  it('adds late exceptions to those that an instrumented app counted, and touches none of these', async () => {
    const store = await migrated();
    await insertSpans(store, [
      { traceId: 't1', id: 'entry', endpoint: 'GET /orders', instrumented: true, exception: 'counted' },
      { traceId: 't1', id: 'late', parent: 'gone', exception: 'late', late: { entry: 'entry', loopPath: 'x' } },
    ]);
    await derivationOf(store).settle();
    expect(await exceptions(store)).toMatchObject([
      { occurrence_id: 'entry', route: '/orders', exception_message: 'late' },
    ]);
  });

  it('leaves a trace beyond its bound alone, and says so', async () => {
    const store = await migrated();
    await store.command(
      `INSERT INTO ${store.database}.spans (timestamp, trace_id, span_id, parent_span_id, fingerprint, batch_id, inserted_at)
       SELECT now64(9) - INTERVAL 1 HOUR, 'huge', toString(number), 'entry', 1, 1, now64(3) FROM numbers(50_001)`,
    );
    await insertSpans(store, ordersTrace('t1', 3));
    const derivation = derivationOf(store);
    await derivation.settle();
    expect(derivation.status()).toMatchObject({ oversizedTraces: 1, derivedTraces: 1 });
    expect((await requestQueries(store)).map((row) => row.trace_id)).toEqual(['t1', 't1']);
  });

  it('derives more traces than one query loads', async () => {
    const store = await migrated();
    const traces = Array.from({ length: 450 }, (_, i) => ordersTrace(i.toString(16).padStart(32, '0'), 3));
    await insertSpans(store, traces.flat());
    const derivation = derivationOf(store);
    await derivation.settle();
    expect((await rollups(store)).requests).toMatchObject([{ query_count: 1_800, n_plus_one_requests: 450 }]);
  });

  it('tries again after a failure, and says that it failed', async () => {
    const store = await migrated();
    await insertSpans(store, ordersTrace('t1', 3));
    await store.command(`RENAME TABLE ${store.database}.progress TO ${store.database}.elsewhere`);
    const derivation = derivationOf(store);
    await expect(derivation.runOnce()).rejects.toThrow(/progress/);
    expect(derivation.status()).toMatchObject({ failedRuns: 1, lastError: expect.stringContaining('progress') });
    await store.command(`RENAME TABLE ${store.database}.elsewhere TO ${store.database}.progress`);
    await derivation.settle();
    expect(derivation.status()).toMatchObject({ derivedTraces: 1, lastError: null });
  });
});

interface QueryRow {
  readonly trace_id: string;
  readonly entry_span_id: string;
  readonly source: string;
  readonly route: string;
  readonly loop_path: string;
  readonly calls: number;
  readonly ns: number;
  readonly max: number;
}

async function requestQueries(store: Store): Promise<QueryRow[]> {
  return store.query<QueryRow>(
    `SELECT trace_id, entry_span_id, source, route, loop_path, calls, duration_ns AS ns, duration_ns_max AS max
     FROM ${store.database}.request_queries FINAL ORDER BY trace_id, entry_span_id, source, loop_path`,
  );
}

async function exceptions(store: Store): Promise<object[]> {
  return store.query(
    `SELECT trace_id, occurrence_id, route, exception_message, exception_stacktrace
     FROM ${store.database}.exceptions FINAL ORDER BY trace_id, occurrence_id, exception_message`,
  );
}

async function rollups(store: Store): Promise<{ requests: object[]; queries: object[]; findings: object[] }> {
  const from = (table: string) => `FROM ${store.database}.${table} FINAL`;
  return {
    requests: await store.query(
      `SELECT route, query_count, query_ns, n_plus_one_requests ${from('request_minutely')} ORDER BY route, minute`,
    ),
    queries: await store.query(
      `SELECT any(query_text) AS query_text, sum(calls) AS calls, sum(requests) AS requests, sum(duration_ns_sum) AS ns,
         max(duration_ns_max) AS max,
         round(quantilesBFloat16WeightedMerge(0.5, 0.95, 0.99)(duration_ns_quantiles)[1]) AS p50
       ${from('query_minutely')} GROUP BY fingerprint, route ORDER BY ns DESC`,
    ),
    findings: await store.query(
      `SELECT any(query_text) AS query_text, loop_path, sum(repeated_requests) AS repeated_requests, sum(many_requests) AS many_requests,
         sum(slow_requests) AS slow_requests,
         round(quantilesBFloat16Merge(0.5)(repeats_quantiles)[1]) AS repeats_p50, max(repeats_max) AS repeats_max,
         sum(duration_ns_sum) AS ns, sum(request_duration_ns_sum) AS request_ns,
         any(concat(code_file_path, ':', toString(code_line_number))) AS call_site, max(distinct_values) AS distinct_values,
         any(example_trace_ids) AS example_trace_ids
       ${from('finding_minutely')} GROUP BY finding_key, loop_path ORDER BY loop_path`,
    ),
  };
}
