// `profiler start --clickhouse-port`: what Grafana, BI tools and clients of ClickHouse get, over real HTTP, from the
// collector that a user starts; and that nothing which is said to that port changes anything.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askByClickHouseGo } from '../support/clickhouse-go.ts';
import { type CollectorProcess, eventually, runProfiler, startCollector } from '../support/collector-process.ts';
import { describeNeeding } from '../support/needs.ts';
import { CONTENT_TYPES, encodeTraces } from '../support/otlp.ts';

const REQUESTS = 25;

let collector: CollectorProcess;
let url: string;
let client: ClickHouseClient;
let outside: string;

beforeAll(async () => {
  collector = await startCollector({ flags: ['--clickhouse-port', '0'] });
  url = await portOf(collector);
  client = createClient({ url, database: 'profiler', log: { level: ClickHouseLogLevel.OFF } });
  await sendRequests(collector.url);
  outside = mkdtempSync(join(tmpdir(), 'profiler-port-'));
  writeFileSync(join(outside, 'secret.csv'), 'top,secret\n');
});
afterAll(async () => {
  await client?.close();
  await collector?.stop();
  if (outside !== undefined) rmSync(outside, { recursive: true });
});

/** Twenty-five requests to `/orders`, each 20 ms longer than the one before, and what is derived from them. */
async function sendRequests(origin: string): Promise<void> {
  const startMs = Date.now() - 60_000;
  const spans = Array.from({ length: REQUESTS }, (_, index) => ({
    traceId: (index + 1).toString(16).padStart(32, '0'),
    spanId: (index + 1).toString(16).padStart(16, '0'),
    name: 'GET /orders',
    kind: 2,
    startTimeUnixNano: BigInt(startMs) * 1_000_000n,
    endTimeUnixNano: BigInt(startMs + 20 * (index + 1)) * 1_000_000n,
    attributes: { 'http.request.method': 'GET', 'http.route': '/orders', 'http.response.status_code': 200 },
  }));
  const body = encodeTraces([{ resource: { 'service.name': 'shop', 'service.version': '1.0' }, spans }], 'protobuf');
  const headers = { 'content-type': CONTENT_TYPES.protobuf };
  expect((await fetch(`${origin}/v1/traces`, { method: 'POST', headers, body: new Uint8Array(body) })).status).toBe(
    200,
  );
  await eventually(
    () => collector.list<{ requests: number }>('endpoints'),
    ([endpoint]) => endpoint?.requests === REQUESTS,
  );
}

interface PortStatus {
  readonly url: string;
  readonly answered: number;
  readonly failed: number;
  readonly refused: number;
  readonly running: number;
  readonly waiting: number;
  readonly resultBytes: number;
  readonly [figure: string]: number | string;
}

async function figures(): Promise<PortStatus> {
  const status = (await (await fetch(`${collector.url}/api/v1/status`)).json()) as { clickhousePort: PortStatus };
  return status.clickhousePort;
}

async function portOf({ url: origin }: CollectorProcess): Promise<string> {
  const status = (await (await fetch(`${origin}/api/v1/status`)).json()) as { clickhousePort: PortStatus };
  return status.clickhousePort.url;
}

const post = (sql: string | Uint8Array, search: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}/?${new URLSearchParams(search)}`, { method: 'POST', body: sql, headers });

describe('@clickhouse/client', () => {
  it('pings, with and without a query', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  const SQL =
    'SELECT route, sum(requests) AS requests, max(duration_ns_max) / 1e6 AS max_ms FROM endpoint_minutely GROUP BY route';

  it.each([
    ['JSONEachRow', { route: '/orders', requests: REQUESTS, max_ms: 20 * REQUESTS }],
    ['JSONCompactEachRow', ['/orders', REQUESTS, 20 * REQUESTS]],
  ] as const)('reads %s', async (format, row) => {
    const settings = { output_format_json_quote_64bit_integers: 0 } as const;
    const result = await client.query({ query: SQL, format, clickhouse_settings: settings });
    expect(await result.json()).toEqual([row]);
  });

  it('reads JSON, with types, rows and statistics', async () => {
    const result = await client.query({ query: SQL, format: 'JSON' });
    expect(await result.json()).toMatchObject({
      meta: [{ name: 'route' }, { name: 'requests', type: 'UInt64' }, { name: 'max_ms', type: 'Float64' }],
      data: [{ route: '/orders', requests: REQUESTS }],
      rows: 1,
      statistics: { elapsed: expect.any(Number) },
    });
  });

  it('reads CSV, RowBinary and Native, byte for byte', async () => {
    const read = async (query: string) => {
      const { stream } = await client.exec({ query });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    expect((await read(`${SQL} FORMAT CSVWithNames`)).toString()).toBe(
      '"route","requests","max_ms"\n"/orders",25,500\n',
    );
    expect(await read("SELECT toUInt16(513) AS n, 'a' AS s FORMAT RowBinary")).toEqual(Buffer.from([1, 2, 1, 97]));
    const native = Buffer.concat([
      Buffer.from([1, 1, 1]),
      Buffer.from('n'),
      Buffer.from([6]),
      Buffer.from('UInt16'),
      Buffer.from([1, 2]),
    ]);
    expect(await read('SELECT toUInt16(513) AS n FORMAT Native')).toEqual(native);
  });

  it('binds parameters, of any content', async () => {
    const text = 'it\'s\n\n; DROP TABLE spans -- \\ `"';
    const result = await client.query({
      query: 'SELECT {text:String} AS text, {ids:Array(UInt32)} AS ids, {nothing:Nullable(String)} AS nothing',
      query_params: { text, ids: [1, 2], nothing: null },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ text, ids: [1, 2], nothing: null }]);
  });

  it('packs both ways', async () => {
    const packing = createClient({ url, database: 'profiler', compression: { request: true, response: true } });
    const result = await packing.query({ query: 'SELECT number FROM numbers(100000)', format: 'JSONCompactEachRow' });
    expect(await result.json()).toHaveLength(100_000);
    await packing.close();
    const packed = await rawPost('/', gzipSync('SELECT count() FROM requests'), {
      'content-encoding': 'gzip',
      'accept-encoding': 'gzip',
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.body).toString()).toBe(`${REQUESTS}\n`);
  });

  it('learns what failed: code, type and words', async () => {
    const failing = client.query({ query: 'SELECT nope FROM spans' });
    await expect(failing).rejects.toBeInstanceOf(ClickHouseError);
    await expect(failing).rejects.toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' });
    const missing = client.query({ query: 'SELECT 1 FROM no_such_table' });
    await expect(missing).rejects.toMatchObject({ code: '60', message: expect.stringContaining('no_such_table') });
    await expect(client.insert({ table: 'spans', values: [{}], format: 'JSONEachRow' })).rejects.toMatchObject({
      code: '164',
      type: 'READONLY',
    });
  });

  it('names a database, or gets the one of the collector', async () => {
    expect(await (await post('SELECT currentDatabase()')).text()).toBe('profiler\n');
    expect(await (await post('SELECT currentDatabase()', { database: 'system' })).text()).toBe('system\n');
    const other = createClient({ url, database: 'nowhere', log: { level: ClickHouseLogLevel.OFF } });
    await expect(other.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '81' });
    await other.close();
  });
});

describeNeeding('go', 'clickhouse-go, the driver of the Grafana plugin', () => {
  it('says hello, pings, reads types and many rows, binds parameters, learns what failed', async () => {
    const { host } = new URL(url);
    const [ping, types, many, bound, failed, refused, deploys] = await askByClickHouseGo(host, 'profiler', [
      { sql: 'ping' },
      {
        sql: `SELECT toLowCardinality('a') AS lc, map('k', 'v') AS m, [1, 2]::Array(UInt8) AS list, toDecimal64(1.5, 2) AS price,
 toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC') AS at, NULL::Nullable(String) AS nothing, '{"a":1}'::JSON AS document`,
      },
      { sql: 'SELECT number, toString(number) AS text FROM numbers(200000)' },
      { sql: 'SELECT {text:String} AS text', named: { text: "it's" } },
      { sql: 'SELECT * FROM no_such_table' },
      { sql: "INSERT INTO finding_states VALUES (1, 'ignored', now())" },
      { sql: 'SELECT service, version, sum(requests) AS requests FROM endpoint_minutely GROUP BY service, version' },
    ]);
    expect(ping).toEqual({ count: 0 });
    expect(types!.columns).toEqual([
      { name: 'lc', type: 'LowCardinality(String)' },
      { name: 'm', type: 'Map(String, String)' },
      { name: 'list', type: 'Array(UInt8)' },
      { name: 'price', type: 'Decimal(18, 2)' },
      { name: 'at', type: "DateTime64(3, 'UTC')" },
      { name: 'nothing', type: 'Nullable(String)' },
      { name: 'document', type: 'JSON' },
    ]);
    expect(types!.rows![0]!.slice(0, 5)).toEqual([
      'a',
      'map[k:v]',
      '[1 2]',
      '1.5',
      '2026-01-02 03:04:05.678 +0000 UTC',
    ]);
    expect(many).toMatchObject({
      count: 200_000,
      rows: [
        ['0', '0'],
        ['1', '1'],
        ['2', '2'],
      ],
    });
    expect(bound!.rows).toEqual([["it's"]]);
    // Over HTTP the driver has the server's words only.
    expect(failed!.error).toMatch(/HTTP 404.*Code: 60\. DB::Exception: .*no_such_table.*\(UNKNOWN_TABLE\)/);
    expect(refused!.error).toMatch(/HTTP 403.*Code: 164\./);
    expect(deploys!.rows).toEqual([['shop', '1.0', String(REQUESTS)]]);
  });
});

/** Everything that somebody could want to change: rows, tables, settings of the engine, files inside and outside. */
async function everything(): Promise<string> {
  const read = async (sql: string) => (await post(sql)).text();
  const tables = (
    await read("SELECT name FROM system.tables WHERE database = 'profiler' AND engine LIKE '%MergeTree' ORDER BY name")
  )
    .trim()
    .split('\n');
  expect(tables.length).toBeGreaterThan(10);
  // Written as time goes by, whoever asks.
  const still = tables.filter((table) => !['progress', 'windows', 'notifications'].includes(table));
  const counts = still.map((table) => `SELECT '${table}' AS name, count() AS rows FROM ${table}`).join(' UNION ALL ');
  const rows = await read(`SELECT * FROM (${counts}) ORDER BY name`);
  const content = await read(
    'SELECT count(), sum(cityHash64(trace_id, service, route, path, status_code)) FROM requests',
  );
  const definitions = await read(
    "SELECT database, name, create_table_query FROM system.tables WHERE database != 'system' AND lower(database) != 'information_schema' ORDER BY 1, 2",
  );
  const databases = await read('SELECT name, engine FROM system.databases ORDER BY name');
  const settings = await read(
    "SELECT name, value FROM system.settings WHERE changed AND name != 'log_comment' ORDER BY name",
  );
  const functions = await read("SELECT name FROM system.functions WHERE origin != 'System'");
  const files = [
    ...readdirSync(outside).map((name) => `${name} ${statSync(join(outside, name)).size}`),
    ...readdirSync(collector.dataDir).sort(),
    ...readdirSync(join(collector.dataDir, 'clickhouse')).sort(),
    ...readdirSync(join(collector.dataDir, 'clickhouse', 'handover')),
  ];
  return [rows, content, definitions, databases, settings, functions, files.join('\n')].join('\n---\n');
}

describe('a hostile statement', () => {
  const file = () => join(outside, 'secret.csv');
  const target = () => join(outside, 'written.csv');

  /** Made when the test runs, because paths are known only then. */
  const STATEMENTS: readonly (readonly [name: string, statement: () => string])[] = [
    ['INSERT', () => "INSERT INTO finding_states VALUES (1, 'ignored', now())"],
    ['INSERT SELECT', () => 'INSERT INTO requests SELECT * FROM requests'],
    ['INSERT with inline rows', () => 'INSERT INTO finding_states FORMAT JSONEachRow {"finding_key":1}'],
    ['INSERT by a function', () => `INSERT INTO FUNCTION file('${target()}', 'CSV', 'x String') SELECT 'x'`],
    ['INSERT behind WITH', () => "WITH 1 AS x INSERT INTO finding_states SELECT x, 'ignored', now()"],
    ['INSERT behind a comment', () => "/* SELECT */ INSERT INTO finding_states VALUES (1, 'ignored', now())"],
    ['INSERT in mixed case', () => "SeLeCt 1; iNsErT iNtO finding_states VALUES (1, 'ignored', now())"],
    [
      'input()',
      () =>
        "INSERT INTO finding_states SELECT * FROM input('finding_key UInt64, state String, updated_at DateTime64(3)') FORMAT CSV 1,x,0",
    ],
    ['a second statement', () => 'SELECT 1; DROP TABLE requests'],
    ['a second statement behind a comment', () => 'SELECT 1 -- ;\n; DROP TABLE requests'],
    ['a statement behind a blank line', () => 'SELECT 1\n\nDROP TABLE requests'],
    ['a statement behind a blank line and a format', () => 'SELECT 1 FORMAT TSV\n\nDROP TABLE requests'],
    ['CREATE', () => 'CREATE TABLE evil (x UInt8) ENGINE = Memory'],
    ['CREATE AS', () => 'CREATE TABLE evil ENGINE = Memory AS SELECT 1'],
    ['CREATE of a view', () => 'CREATE VIEW evil AS SELECT 1'],
    ['CREATE of a function', () => 'CREATE FUNCTION evil AS x -> x'],
    ['CREATE of a database of files', () => `CREATE DATABASE evil ENGINE = Filesystem('${outside}')`],
    ['CREATE of a temporary table', () => 'CREATE TEMPORARY TABLE evil (x UInt8)'],
    [
      'CREATE of a dictionary',
      () =>
        `CREATE DICTIONARY evil (k UInt64, v String) PRIMARY KEY k SOURCE(FILE(path '${file()}' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)`,
    ],
    ['DROP', () => 'DROP TABLE requests'],
    ['DROP of the database', () => 'drop database profiler sync'],
    ['TRUNCATE', () => 'TRUNCATE TABLE spans'],
    ['DETACH', () => 'DETACH TABLE spans PERMANENTLY'],
    ['ATTACH', () => 'ATTACH TABLE spans'],
    ['RENAME', () => 'RENAME TABLE requests TO stolen'],
    ['EXCHANGE', () => 'EXCHANGE TABLES requests AND spans'],
    ['ALTER', () => 'ALTER TABLE requests DELETE WHERE 1'],
    ['ALTER UPDATE', () => "ALTER TABLE requests UPDATE path = '' WHERE 1 SETTINGS mutations_sync = 2"],
    ['DELETE', () => 'DELETE FROM requests WHERE 1'],
    ['UPDATE', () => "UPDATE requests SET path = '' WHERE 1"],
    ['OPTIMIZE', () => 'OPTIMIZE TABLE requests FINAL'],
    ['SYSTEM', () => 'SYSTEM STOP MERGES'],
    ['SYSTEM SHUTDOWN', () => 'SYSTEM SHUTDOWN'],
    ['KILL', () => 'KILL QUERY WHERE 1 SYNC'],
    ['SET', () => 'SET readonly = 0'],
    ['USE', () => 'USE system'],
    ['GRANT', () => 'GRANT ALL ON *.* TO default'],
    ['CREATE USER', () => 'CREATE USER evil'],
    ['BACKUP', () => `BACKUP DATABASE profiler TO File('${join(outside, 'backup')}')`],
    ['RESTORE', () => `RESTORE DATABASE profiler FROM File('${join(outside, 'backup')}')`],
    ['INTO OUTFILE', () => `SELECT 1 INTO OUTFILE '${target()}'`],
    ['INTO OUTFILE, in pieces', () => `SELECT 1 INTO /* x */ OutFile -- y\n '${target()}' TRUNCATE`],
    ['INTO OUTFILE, of a subquery', () => `(SELECT 1) INTO OUTFILE '${target()}' FORMAT CSV`],
    ['INTO OUTFILE, in EXPLAIN', () => `EXPLAIN SELECT 1 INTO OUTFILE '${target()}'`],
    ['file()', () => `SELECT * FROM file('${file()}')`],
    ['file() in pieces and mixed case', () => `SELECT * FROM FiLe /* ( */ ('${file()}', 'LineAsString')`],
    ['file() quoted', () => `SELECT * FROM \`file\`('${file()}', 'LineAsString')`],
    ['file() as a function', () => `SELECT file('${file()}')`],
    ['a file as a table', () => `SELECT * FROM '${file()}'`],
    ['a file as a table of default', () => `SELECT * FROM default.\`${file()}\``],
    ['DESCRIBE of a file', () => `DESCRIBE TABLE file('${file()}', 'CSV')`],
    ['url()', () => `SELECT * FROM url('${collector.url}/metrics', 'LineAsString')`],
    ['s3()', () => `SELECT * FROM s3('${collector.url}/metrics', 'LineAsString')`],
    ['remote()', () => "SELECT * FROM remote('127.0.0.1:9000', system.one)"],
    ['postgresql()', () => "SELECT * FROM postgresql('127.0.0.1:5432', 'a', 'b', 'c', 'd')"],
    ['sqlite()', () => `SELECT * FROM sqlite('${file()}', 'x')`],
    ['executable()', () => `SELECT * FROM executable('touch ${target()}', 'CSV', 'x String')`],
    ['python()', () => "SELECT * FROM python('x')"],
    ['a function in a subquery', () => `SELECT 1 WHERE 1 IN (SELECT 1 FROM file('${file()}', 'CSV', 'x String'))`],
    ['EXPLAIN of a write', () => "EXPLAIN PIPELINE INSERT INTO finding_states SELECT 1, 'ignored', now()"],
    ['SETTINGS that lift what it may not do', () => 'SELECT 1 SETTINGS readonly = 0'],
    ['SETTINGS that lift a limit', () => 'SELECT 1 SETTINGS max_execution_time = 0'],
    ['SETTINGS that write a file', () => `SELECT 1 FORMAT Protobuf SETTINGS output_format_schema = '${target()}'`],
    ['a character that looks like none', () => `SELECT 1 INTO\u00a0OUTFILE '${target()}'`],
  ];

  let before: string;
  beforeAll(async () => {
    before = await everything();
  });

  it.each(STATEMENTS)('%s: is refused', async (_, statement) => {
    const answer = await post(statement());
    const text = await answer.text();
    expect(answer.status, text).toBeGreaterThanOrEqual(400);
    expect(text).toMatch(/^Code: \d+\. DB::Exception: .+\n$/s);
    expect(text).not.toContain('top,secret');
    // The same in the address, with a body that is empty, and by GET.
    const search = new URLSearchParams({ query: statement() });
    for (const method of ['POST', 'GET']) {
      const again = await fetch(`${url}/?${search}`, { method });
      expect([again.status >= 400, (await again.text()).includes('top,secret')], method).toEqual([true, false]);
    }
  });

  it.each([
    { readonly: '0' },
    { readonly: '2' },
    { allow_ddl: '1' },
    { max_execution_time: '0' },
    { max_result_bytes: '0' },
    { session_id: 'x', readonly: '0' },
  ] as Record<string, string>[])('settings of the address, %o: open nothing', async (search) => {
    for (const statement of ['DROP TABLE requests', 'SET readonly = 0', `SELECT * FROM file('${file()}')`]) {
      expect((await post(statement, search)).status).toBeGreaterThanOrEqual(400);
    }
    const answer = await post(
      "SELECT getSetting('readonly'), getSetting('max_execution_time'), getSetting('max_result_bytes')",
      search,
    );
    if (answer.status === 200) expect(await answer.text()).toBe(`1\t30\t${64 * 1024 ** 2}\n`);
    else expect(await answer.text()).toContain('READONLY');
  });

  it('in a name: of a setting, a parameter, a database, is no statement', async () => {
    for (const name of [
      'a = 1; DROP TABLE profiler.requests; SET b',
      'param_x = 1; DROP TABLE profiler.requests; --',
    ]) {
      expect((await post('SELECT 1', { [name]: '1' })).status).toBeGreaterThanOrEqual(400);
    }
    expect((await post('SELECT 1', { database: 'profiler`; DROP TABLE profiler.requests; --' })).status).toBe(404);
    const bound = await post('SELECT {x:String}', { param_x: "'; DROP TABLE profiler.requests; --" });
    expect(await bound.text()).toBe("\\'; DROP TABLE profiler.requests; --\n");
  });

  it('in rows behind the query, plain or packed, is no statement', async () => {
    const hostile = '; DROP TABLE requests';
    expect((await post(hostile, { query: 'SELECT 1' })).status).toBe(400);
    const packed = await post(gzipSync(hostile), { query: 'SELECT 1' }, { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(400);
  });

  it('has changed nothing: tables, rows, settings, files are as before', async () => {
    expect(STATEMENTS.length).toBeGreaterThanOrEqual(30);
    expect(await everything()).toBe(before);
    expect(existsSync(target())).toBe(false);
    expect(readFileSync(file(), 'utf8')).toBe('top,secret\n');
    expect((await figures()).refused).toBeGreaterThan(STATEMENTS.length);
  });
});

describe('the port', () => {
  it('holds a query to its time, its memory and the size of its answer', async () => {
    const codeOf = async (sql: string, search: Record<string, string> = {}) =>
      (await post(sql, search)).headers.get('x-clickhouse-exception-code');
    expect(await codeOf('SELECT count() FROM numbers(1000000000000)', { max_execution_time: '0.5' })).toBe('159');
    expect(await codeOf('SELECT number, toString(number) FROM numbers(100000000)')).toBe('396');
    expect(await codeOf('SELECT groupArray(number) FROM numbers(1000000000)')).toBe('241');
    expect(await codeOf(`SELECT '${'x'.repeat(1024 ** 2)}'`)).toBe('396');
    expect(await codeOf('SELECT 1', { compress: '1' })).toBe('48');
  });

  it('lets nobody wait for it who asks the collector itself, and stops what nobody waits for', async () => {
    const { answered, failed } = await figures();
    const gone = new AbortController();
    const heavy = () =>
      fetch(`${url}/?max_execution_time=30`, {
        method: 'POST',
        body: 'SELECT count() FROM numbers(1000000000000)',
        signal: gone.signal,
      }).catch(() => undefined);
    const asked = Array.from({ length: 20 }, heavy);
    await eventually(figures, ({ running, waiting }) => running === 2 && waiting === 18);
    const askedMs = performance.now();
    for (let repeat = 0; repeat < 10; repeat++) expect(await collector.list('endpoints')).toHaveLength(1);
    const answerMs = (performance.now() - askedMs) / 10;
    process.stdout.write(`beside 2 running and 18 waiting queries /api/v1/endpoints takes ${answerMs.toFixed(0)} ms\n`);
    expect(answerMs).toBeLessThan(500);
    gone.abort();
    await Promise.all(asked);

    const startedMs = performance.now();
    expect(await (await post('SELECT 1')).text()).toBe('1\n');
    // Two ran when their clients went, for half a minute unless they are stopped; eighteen more waited.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(await figures()).toMatchObject({ running: 0, waiting: 0, failed: failed + 20, answered: answered + 1 });
  });

  it('refuses what a page of another site makes a browser send, and says so', async () => {
    const { port } = new URL(url);
    for (const headers of [
      { host: 'evil.example' },
      { host: `evil.example:${port}` },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await rawPost('/', Buffer.from('SELECT 1'), headers);
      expect([answer.status, answer.headers['x-clickhouse-exception-code']]).toEqual([403, '497']);
    }
    for (const headers of [{ host: `localhost:${port}` }, { host: `host.docker.internal:${port}` }]) {
      expect((await rawPost('/', Buffer.from('SELECT 1'), headers)).status).toBe(200);
    }
    expect((await figures()).denied).toBe(5);
  });

  it('counts in /metrics and in `profiler status`', async () => {
    const metrics = await (await fetch(`${collector.url}/metrics`)).text();
    const counted = (result: string) =>
      Number(new RegExp(`^profiler_clickhouse_port_queries_total{result="${result}"} (\\d+)$`, 'm').exec(metrics)?.[1]);
    const status = await figures();
    for (const result of ['answered', 'failed', 'refused', 'busy', 'denied'])
      expect(counted(result)).toBe(status[result]);
    expect(status).toMatchObject({ url, database: 'profiler', busy: 0, denied: 5 });
    expect(status.resultBytes).toBeGreaterThan(1_000_000);
    const { stdout } = await collector.cli('status');
    expect(stdout).toMatch(new RegExp(`clickhousePort\\n(  .*\\n)*  url +${url}\\n`));
  });

  it('is said at the start, for who configures Grafana', () => {
    expect(collector.stdout().trim()).toBe(`listening on ${collector.url}`);
    expect(collector.stderr()).toContain(`Grafana    ${url.replace('127.0.0.1', 'localhost')}`);
  });
});

describe('`profiler dashboards`', () => {
  const NAMES = ['collector', 'endpoint', 'exceptions', 'overview', 'queries', 'regressions'];
  const folder = () => join(outside, 'grafana');

  it('writes dashboards and provisioning that lead to this collector and its port', async () => {
    const { code, stdout, stderr } = await collector.cli('dashboards', folder());
    expect({ code, files: stdout.trim().split('\n').sort() }).toEqual({
      code: 0,
      files: [
        ...NAMES.map((name) => join(folder(), 'dashboards', `${name}.json`)),
        join(folder(), 'provisioning', 'dashboards', 'profiler.yaml'),
        join(folder(), 'provisioning', 'datasources', 'profiler.yaml'),
      ],
    });
    expect(stderr).toContain(`data source  http://localhost:${new URL(url).port}, database profiler`);
    const datasource = readFileSync(join(folder(), 'provisioning', 'datasources', 'profiler.yaml'), 'utf8');
    expect(datasource).toContain(`      host: "localhost"\n      port: ${new URL(url).port}\n`);
    const provider = readFileSync(join(folder(), 'provisioning', 'dashboards', 'profiler.yaml'), 'utf8');
    expect(provider).toContain(`path: ${JSON.stringify(join(folder(), 'dashboards'))}\n`);
    for (const name of NAMES) {
      const text = readFileSync(join(folder(), 'dashboards', `${name}.json`), 'utf8');
      expect(text).toContain(JSON.stringify(collector.url));
      expect(text).not.toContain('localhost:4318');
      expect((JSON.parse(text) as { uid: string }).uid).toBe(`profiler-${name}`);
    }
  });

  it('takes another address, and says what is missing where there is none', async () => {
    const write = (...flags: string[]) =>
      runProfiler(['dashboards', folder(), '--url', 'http://127.0.0.1:9', ...flags]);
    const server = await write('--clickhouse-url', 'https://grafana:hidden@ch.example:8443/apm', '--json');
    expect(JSON.parse(server.stdout)).toMatchObject({
      datasource: { host: 'ch.example', port: 8443, secure: true, username: 'grafana', database: 'apm' },
    });
    expect(readFileSync(join(folder(), 'provisioning', 'datasources', 'profiler.yaml'), 'utf8')).not.toContain(
      'hidden',
    );
    expect((await write()).stderr).toContain(
      'no collector answers at http://127.0.0.1:9: start it by profiler start --clickhouse-port 8123',
    );
    expect(await write('--clickhouse-port', 'x')).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await runProfiler(['dashboards', join(outside, 'secret.csv', 'x')]);
    expect({ code, said: stderr }).toEqual({
      code: 1,
      said: expect.stringMatching(/^cannot write .* choose another directory/),
    });
  });
});

describe('with a token', () => {
  let guarded: CollectorProcess;
  let guardedUrl: string;
  beforeAll(async () => {
    guarded = await startCollector({
      flags: ['--clickhouse-port', '0'],
      env: { PROFILER_AUTH_TOKEN: 's3cret', PROFILER_SCHEDULER: 'off' },
    });
    const said = () => Promise.resolve(/Grafana {4}(http:\S+)/.exec(guarded.stderr())?.[1]);
    guardedUrl = (await eventually(said, (found) => found !== undefined))!;
  });
  afterAll(() => guarded?.stop());

  it('asks for it as the password, however it is sent', async () => {
    const ask = async (headers: Record<string, string>, search = '') =>
      (await fetch(`${guardedUrl}/?query=SELECT+1${search}`, { headers })).status;
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    expect(await ask({})).toBe(401);
    expect(await ask(basic('default:wrong'))).toBe(401);
    expect(await ask({ 'x-clickhouse-key': 'wrong' }, '&user=default&password=wrong')).toBe(401);
    expect(await ask(basic('grafana:s3cret'))).toBe(200);
    expect(await ask({ 'x-clickhouse-user': 'default', 'x-clickhouse-key': 's3cret' })).toBe(200);
    expect(await ask({}, '&user=default&password=s3cret')).toBe(200);
    expect(await ask({ authorization: 'Bearer s3cret' })).toBe(200);
    const refused = await fetch(`${guardedUrl}/?query=SELECT+1`);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await refused.text()).toMatch(/^Code: 516\. DB::Exception: .*\(AUTHENTICATION_FAILED\)\n$/);
    const asUser = createClient({ url: guardedUrl, username: 'default', password: 's3cret' });
    expect(await asUser.ping({ select: true })).toEqual({ success: true });
    await asUser.close();
  });
});

describe('at the start', () => {
  it('with a server in place of the embedded storage it is a mistake, and says what to do', async () => {
    const { code, stdout, stderr } = await runProfiler(
      ['start', '--port', '0', '--clickhouse-url', 'http://user:hidden@127.0.0.1:1/x', '--clickhouse-port', '8123'],
      {},
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/--clickhouse-port.*--clickhouse-url.*Grafana/)]);
    expect(stderr).not.toContain('hidden');
  });

  it('a port that is taken is named, with the flag that chooses another', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const dataDir = mkdtempSync(join(tmpdir(), 'profiler-port-'));
    const args = ['start', '--port', '0', '--data-dir', dataDir, '--clickhouse-port', String(port)];
    const { code, stdout, stderr } = await runProfiler(args);
    taken.close();
    rmSync(dataDir, { recursive: true, force: true });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`port ${port} on 127.0.0.1 is taken.*--clickhouse-port`));
  });
});

interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** Not `fetch`, which unpacks, and lets no program say another Host. */
function rawPost(path: string, body: Uint8Array, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
