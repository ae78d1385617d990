import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AppProcess } from '../support/app-process.ts';
import { type CollectorProcess, eventually, runProfiler, startCollector } from '../support/collector-process.ts';
import { CONTENT_TYPES, encodeTraces, type OtlpSpan } from '../support/otlp.ts';
import { freePort } from '../support/postgres.ts';

/** ClickHouse's HTTP interface over the embedded engine, in a process of its own. */
const CLICKHOUSE = fileURLToPath(new URL('../../collector/dist/clickhouse-http/main.js', import.meta.url));
const MINUTE_MS = 60_000;
const PER_WINDOW = 20;
const ITEMS = 6;
/** From the first span to `compute`. */
const COMPUTED_MS_MAX = 25_000;

let ids = 0;
const id = (digits: number) => (++ids).toString(16).padStart(digits, '0');

/** A request of a plain SDK: an entry span, and an N+1 below it when it has items. */
function request(startMs: number, ms: number, { items = 0, failed = false } = {}): OtlpSpan[] {
  const traceId = id(32);
  const spanId = id(16);
  const at = (offsetMs: number) => BigInt(startMs) * 1_000_000n + BigInt(offsetMs * 1_000_000);
  const route = failed ? '/broken' : '/orders';
  const entry: OtlpSpan = {
    traceId,
    spanId,
    name: `GET ${route}`,
    kind: 2,
    startTimeUnixNano: at(0),
    endTimeUnixNano: at(ms),
    attributes: {
      'http.request.method': 'GET',
      'http.route': route,
      'url.path': route,
      'http.response.status_code': failed ? 500 : 200,
    },
    ...(failed && {
      status: { code: 2 },
      events: [{ name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'no price' } }],
    }),
  };
  const queries = Array.from(
    { length: items },
    (_, i): OtlpSpan => ({
      traceId,
      spanId: id(16),
      parentSpanId: spanId,
      name: 'SELECT items',
      kind: 3,
      startTimeUnixNano: at(i),
      endTimeUnixNano: at(i + 1),
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': `SELECT * FROM items WHERE order_id = ${i}` },
    }),
  );
  return [entry, ...queries];
}

async function send(url: string, version: string, spans: OtlpSpan[]): Promise<void> {
  const resource = { 'service.name': 'shop', 'service.version': version };
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': CONTENT_TYPES.protobuf },
    body: new Uint8Array(encodeTraces([{ resource, spans }], 'protobuf')),
  });
  expect(response.status).toBe(200);
}

describe('a collector with traffic', () => {
  let collector: CollectorProcess;
  let firstTraceId: string;

  beforeAll(async () => {
    collector = await startCollector({ env: { PROFILER_AGGREGATION_WINDOW_MINUTES: '1', PROFILER_SCHEDULER: 'off' } });
    // `compute` closes the last window that is over: it must still be the last one when it is asked for.
    const leftMs = MINUTE_MS - (Date.now() % MINUTE_MS);
    if (leftMs < COMPUTED_MS_MAX) await new Promise((resolve) => setTimeout(resolve, leftMs));
    const lastWindowMs = Math.floor(Date.now() / MINUTE_MS - 1) * MINUTE_MS;
    const window = (startMs: number, ms: number) =>
      Array.from({ length: PER_WINDOW }, (_, i) => request(startMs + i * 100, ms, { items: ITEMS })).flat();
    const baseline = window(lastWindowMs - MINUTE_MS, 50);
    firstTraceId = baseline[0]!.traceId;
    await send(collector.url, '1.0', baseline);
    await send(collector.url, '1.1', [...window(lastWindowMs, 400), ...request(lastWindowMs, 30, { failed: true })]);
    await eventually(
      () => collector.list<{ occurrences: number }>('findings'),
      (findings) => findings[0]?.occurrences === 2 * PER_WINDOW,
    );
  });
  afterAll(() => collector?.stop());

  const items = async <Row>(...args: string[]): Promise<Row[]> => {
    const { code, stdout, stderr } = await collector.cli(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as { items: Row[]; nextCursor: string | null };
    expect(Object.keys(document)).toEqual(expect.arrayContaining(['items', 'nextCursor']));
    return document.items;
  };

  it('`compute` prints the regression that the last window brought', async () => {
    const { code, stdout } = await collector.cli('compute');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^window \d{4}-\d\d-\d\d \d\d:\d\d:00 UTC, 1 min: 2 endpoints, 1 new regressions, 1 firing/);
    expect(stdout).toMatch(/^firing +shop: .*GET \/orders/m);
    const regressions = await items<object>('regressions');
    expect(regressions).toEqual([
      expect.objectContaining({
        kind: 'response_time',
        endpoint: 'GET /orders',
        state: 'firing',
        version: '1.1',
        baselineRequests: PER_WINDOW,
        currentRequests: PER_WINDOW,
      }),
    ]);
    const again = JSON.parse((await collector.cli('compute', '--json')).stdout);
    expect(again).toMatchObject({ windowMinutes: 1, regressions: [{ endpoint: 'GET /orders' }] });
    expect(await items('regressions')).toEqual(regressions);

    const explained = await collector.cli('regressions', '--explain', 'GET /orders');
    expect(explained.stderr).toBe('');
    expect(explained.stdout).toMatch(/firing +ratio +response_time +the average went from .* more than the factor of/);
    expect(explained.stdout).toMatch(/quiet +scan +response_time +\d+ windows with requests are known before, 24 are/);
  });

  it.each([
    [
      'endpoints',
      {
        method: 'GET',
        route: '/orders',
        requests: 2 * PER_WINDOW,
        queriesPerRequest: ITEMS,
        nPlusOneRequests: 2 * PER_WINDOW,
      },
    ],
    ['requests', { route: '/orders', version: '1.1', queryCount: ITEMS, nPlusOne: true, durationMs: 400 }],
    ['summaries', { route: '/orders', requests: PER_WINDOW, windowMinutes: 1 }],
    [
      'queries',
      { text: 'SELECT * FROM items WHERE order_id = ?', calls: 2 * PER_WINDOW * ITEMS, callsPerRequest: ITEMS },
    ],
    ['exceptions', { type: 'TypeError', message: 'no price', endpoint: 'GET /broken', count: 1 }],
    ['findings', { type: 'n_plus_one', endpoint: 'GET /orders', repeatsMax: ITEMS, firstVersion: '1.0' }],
    ['services', { service: 'shop', requests: 2 * PER_WINDOW + 1, instrumented: false }],
  ])('`%s` gives JSON, a table, and nothing where nothing is', async (command, row) => {
    expect(await items<object>(command)).toContainEqual(expect.objectContaining(row));
    const table = await collector.cli(command);
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/^[A-Z]/);
    expect(table.stdout).not.toContain('\u001b');
    expect(table.stdout).toContain('shop');
    const [first, ...more] = await items<object>(command, '--limit', '1');
    expect(first).toBeDefined();
    expect(more).toEqual([]);
    expect(await items(command, '--service', 'nobody')).toEqual([]);
    expect(await items(command, '--since', '2001-01-01', '--until', '2001-01-02')).toEqual([]);
    const nothing = await collector.cli(command, '--service', 'nobody');
    expect(nothing).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^no .+\n$/) });
  });

  it('filters as the API does', async () => {
    expect(await items('endpoints', '--endpoint', 'GET /orders')).toHaveLength(1);
    expect(await items('requests', '--exception', 'true')).toHaveLength(1);
    expect(await items('requests', '--status', '5xx', '--method', 'get')).toHaveLength(1);
    expect(await items('requests', '--n-plus-one', 'false')).toHaveLength(1);
    expect(await items('requests', '--min-ms', '300', '--limit', '1000')).toHaveLength(PER_WINDOW);
    expect(await items('requests', '--version-of-app', '1.0', '--limit', '1000')).toHaveLength(PER_WINDOW);
    expect(await items('findings', '--state', 'resolved')).toEqual([]);
  });

  it('`trace` draws the tree', async () => {
    const json = JSON.parse((await collector.cli('trace', firstTraceId, '--json')).stdout);
    expect(json).toMatchObject({ traceId: firstTraceId, spanCount: ITEMS + 1, spans: [{ name: 'GET /orders' }] });
    const { stdout } = await collector.cli('trace', firstTraceId);
    expect(stdout.match(/SELECT \* FROM items WHERE order_id = \?/g)).toHaveLength(ITEMS + 1);
    expect(await collector.cli('trace', 'f'.repeat(32))).toMatchObject({ code: 1, stdout: '' });
    expect(await collector.cli('trace', 'nonsense')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('32 hex digits'),
    });
  });

  it('`status` counts what came', async () => {
    const status = JSON.parse((await collector.cli('status', '--json')).stdout);
    const spans = 2 * PER_WINDOW * (ITEMS + 1) + 1;
    expect(status).toMatchObject({ storage: { ready: true, kind: 'embedded' }, scheduler: { running: false } });
    expect(status.ingest).toMatchObject({ received: spans, stored: spans });
    expect((await collector.cli('status')).stdout).toMatch(/received +281\n/);
  });

  it('`doctor` passes, warns of what an app lacks, and changes no number', async () => {
    const before = await items('endpoints');
    const { code, stdout } = await collector.cli('doctor', '--json');
    expect(code).toBe(0);
    const results = Object.fromEntries(
      (JSON.parse(stdout).checks as { name: string; result: string }[]).map(({ name, result }) => [name, result]),
    );
    expect(results).toEqual({
      collector: 'pass',
      storage: 'pass',
      'OTLP round trip': 'pass',
      requests: 'pass',
      instrumentation: 'warn',
      routes: 'pass',
      statements: 'pass',
      versions: 'pass',
      clocks: 'pass',
    });
    expect(await items('endpoints')).toEqual(before);
    expect((await items<{ service: string }>('services')).map(({ service }) => service)).toEqual(['shop']);
    expect((await collector.cli('doctor')).stdout).toMatch(/^pass {2}collector: /);
  });

  it('`doctor` warns of each thing that is missing, with a fix', async () => {
    const startMs = Date.now();
    const [entry, query] = request(startMs, 10, { items: 1 }) as [OtlpSpan, OtlpSpan];
    const { 'http.route': _, ...withoutRoute } = entry.attributes!;
    const ahead = BigInt(60_000) * 1_000_000n;
    const spans = [
      {
        ...entry,
        name: 'GET',
        attributes: withoutRoute,
        startTimeUnixNano: entry.startTimeUnixNano + ahead,
        endTimeUnixNano: entry.endTimeUnixNano + ahead,
      },
      { ...query, attributes: { 'db.system.name': 'postgresql' } },
    ];
    const response = await fetch(`${collector.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': CONTENT_TYPES.json },
      body: new Uint8Array(encodeTraces([{ resource: { 'service.name': 'bare' }, spans }], 'json')),
    });
    expect(response.status).toBe(200);
    const checks = await eventually(
      async () =>
        JSON.parse((await collector.cli('doctor', '--json')).stdout).checks as {
          name: string;
          result: string;
          message: string;
          fix?: string;
        }[],
      (all) => all.some(({ message }) => message.includes('bare')),
    );
    const warnings = checks.filter(({ message }) => message.includes('bare') && !message.includes('24 h'));
    expect(warnings.map(({ name, result }) => `${name} ${result}`)).toEqual([
      'instrumentation warn',
      'routes warn',
      'statements warn',
      'versions warn',
      'clocks warn',
    ]);
    expect(warnings.every(({ fix }) => fix !== undefined && fix.length > 10)).toBe(true);
  });

  it('`doctor` fails when a webhook does not answer, and only then', async () => {
    const receiver = createServer((_request, response) => response.writeHead(405).end());
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const doctor = () => runProfiler(['doctor', '--url', collector.url], { PROFILER_WEBHOOK_URL: address });
    expect(await doctor()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pass {2}webhook: /m) });
    await new Promise((resolve) => receiver.close(resolve));
    expect(await doctor()).toMatchObject({ code: 1, stdout: expect.stringMatching(/^fail {2}webhook: /m) });
  });

  it('refuses a wrong parameter by its flag', async () => {
    const { code, stdout, stderr } = await collector.cli('requests', '--since', 'yesterday', '--limit', '0');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^--since: 30m, 24h or 7d ago.*--limit: a whole number from 1 to 1000\n$/);
  });
});

describe('without a collector', () => {
  it.each([
    'endpoints',
    'summaries',
    'requests',
    'queries',
    'exceptions',
    'findings',
    'regressions',
    'services',
    'status',
    'compute',
    'trace x',
  ])('`%s` says in one line how to start one', async (command) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const result = await runProfiler([...command.split(' '), '--url', url]);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toBe(`no collector answers at ${url} (ECONNREFUSED); start one with: profiler start\n`);
  });

  it('`doctor` fails, with a fix', async () => {
    const { code, stdout } = await runProfiler(['doctor', '--json', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).checks).toEqual([
      expect.objectContaining({ name: 'collector', result: 'fail', fix: expect.any(String) }),
    ]);
  });

  it('tells something else from a collector', async () => {
    const other = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const result = await runProfiler([
      'endpoints',
      '--url',
      `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
    ]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('is no collector') });
  });
});

describe('the command line', () => {
  it.each([
    [['endpoints', '--sinse', '1h'], '--sinse'],
    [['start', '--grpc-port', '4317'], '--grpc-port'],
    [['start', '--clickhouse-port', 'grafana'], '--clickhouse-port'],
    [['start', '--max-disk', '10GB'], '--max-disk'],
    [['begin'], 'begin'],
    [['trace'], 'id'],
    [['endpoints', '--url', 'localhost'], '--url'],
    [['demo', '--port', 'x'], '--port'],
  ])('refuses %j', async (args, named) => {
    const { code, stdout, stderr } = await runProfiler(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(named);
  });

  it('helps', async () => {
    for (const args of [['--help'], ['start', '--help'], ['help', 'requests']]) {
      const { code, stdout, stderr } = await runProfiler(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: profiler/);
    }
    expect(await runProfiler(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it('names every wrong setting at once', async () => {
    const { code, stdout, stderr } = await runProfiler(['start', '--port', 'x', '--retention', '0d'], {
      PROFILER_N_PLUS_ONE_THRESHOLD: 'many',
      PROFILER_REGRESSION_RULES: 'scam',
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining('--port'),
      expect.stringContaining('--retention'),
      expect.stringContaining('PROFILER_N_PLUS_ONE_THRESHOLD'),
      expect.stringContaining('PROFILER_REGRESSION_RULES'),
    ]);
  });
});

describe('`start` and `migrate`', () => {
  it('print one line on stdout, stop on a signal, and keep what they stored', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'profiler-cli-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    const migrated = await runProfiler(['migrate', '--data-dir', dataDir]);
    expect(migrated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^applied /) });
    expect(await runProfiler(['migrate', '--data-dir', dataDir])).toMatchObject({ code: 0, stdout: '' });

    const first = await startCollector({ dataDir });
    expect(first.stdout()).toBe(`listening on ${first.url}\n`);
    // Each stream is a pipe of its own, which arrives when it does.
    await expect.poll(first.stderr).toContain('node --import @profiler/register app.js');
    expect(first.stderr()).toContain('/v1/traces');
    expect(first.stderr()).toContain(dataDir);
    await send(first.url, '1', request(Date.now(), 10, { items: 3 }));
    expect(await first.stop('SIGTERM')).toBe(0);

    const second = await startCollector({ dataDir });
    const stored = await eventually(
      () => second.list<{ queryCount: number }>('requests'),
      ([one]) => one?.queryCount === 3,
    );
    expect(stored).toHaveLength(1);
    expect(await second.stop('SIGINT')).toBe(0);
  });

  it('say that a directory belongs to another collector', async () => {
    const collector = await startCollector();
    onTestFinished(() => void collector.stop());
    const { code, stdout, stderr } = await runProfiler(['start', '--port', '0', '--data-dir', collector.dataDir]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    // The engine itself prints a line before ours.
    expect(stderr.trim().split('\n').at(-1)).toMatch(/another process holds this directory.*--data-dir/);
  });

  it('store on a ClickHouse server', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'profiler-clickhouse-'));
    const server = new AppProcess('0', {
      cwd: directory,
      command: [process.execPath, CLICKHOUSE, '--data-dir', directory, '--port'],
    });
    onTestFinished(async () => {
      await server.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    });
    const url = `${await server.listening()}/shop_metrics`;
    expect(await runProfiler(['migrate', '--clickhouse-url', url])).toMatchObject({ code: 0 });
    const collector = await startCollector({ flags: ['--clickhouse-url', url] });
    onTestFinished(() => void collector.stop());
    await send(collector.url, '1', request(Date.now(), 10, { items: 3 }));
    const wanted = ([one]: { queryCount: number }[]) => one?.queryCount === 3;
    await eventually(() => collector.list<{ queryCount: number }>('requests'), wanted);
    const status = JSON.parse((await collector.cli('status', '--json')).stdout);
    expect(status.storage).toMatchObject({ kind: 'server', database: 'shop_metrics', ready: true, spans: 4 });
    // What was stored stays on the server; the collector's own directory holds the spool only.
    expect(await collector.stop()).toBe(0);
    const another = await startCollector({ flags: ['--clickhouse-url', url] });
    onTestFinished(() => void another.stop());
    expect(await another.list('requests')).toHaveLength(1);
  });

  it('says what is wrong with a server that does not answer, and keeps its password', async () => {
    const url = `http://someone:hunter2@127.0.0.1:${await freePort()}/x`;
    const { code, stdout, stderr } = await runProfiler(['migrate', '--clickhouse-url', url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('127.0.0.1');
    expect(stderr).not.toContain('hunter2');
  });

  it('print the SQL and change nothing with --dry-run', async () => {
    const dataDir = join(tmpdir(), `profiler-cli-none-${process.pid}`);
    const plain = await runProfiler(['migrate', '--dry-run', '--data-dir', dataDir, '--retention', '30d']);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain('CREATE TABLE IF NOT EXISTS profiler.spans');
    expect(plain.stdout).toContain('INTERVAL 30 DAY');
    expect(plain.stdout).not.toMatch(/\{[A-Z_]+\}/);
    const cluster = await runProfiler(['migrate', '--dry-run', '--cluster', 'main']);
    expect(cluster.stdout).toMatch(/CREATE TABLE IF NOT EXISTS profiler\.spans ON CLUSTER .?main/);
    expect(cluster.stdout).toContain('ReplicatedMergeTree');
  });
});
