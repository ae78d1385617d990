import { request } from 'node:http';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouseProcess, startClickHouse } from '../store/each-store.ts';
import { nativeBlock } from '../store/native-rows.ts';

let server: ClickHouseProcess;
let client: ClickHouseClient;

beforeAll(async () => {
  server = await startClickHouse();
  client = createClient({ url: server.url, log: { level: ClickHouseLogLevel.OFF } });
  await client.command({ query: 'CREATE DATABASE shop ENGINE = Atomic' });
  await client.command({
    query: 'CREATE TABLE shop.orders (id UInt64, name String, tags Map(String, String)) ENGINE = MergeTree ORDER BY id',
  });
});
afterAll(async () => {
  await client?.close();
  await server?.stop();
});

const get = (query: string, search: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(`${server.url}/?${new URLSearchParams({ query, ...search })}`, init);
const post = (body: string | Uint8Array, search: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/?${new URLSearchParams(search)}`, { method: 'POST', body, headers });

describe('a query', () => {
  it('comes in the address, in the body, or in both', async () => {
    expect(await (await get('SELECT 1, 2')).text()).toBe('1\t2\n');
    expect(await (await post('SELECT 1, 2')).text()).toBe('1\t2\n');
    expect(await (await post('3, 4', { query: 'SELECT' })).text()).toBe('3\t4\n');
  });

  it('answers in the format that the statement, the address or a header names', async () => {
    expect(await (await get('SELECT 1 AS a FORMAT JSONEachRow', { default_format: 'CSV' })).text()).toBe('{"a":1}\n');
    expect(await (await get('SELECT 1, 2', { default_format: 'CSV' })).text()).toBe('1,2\n');
    const answer = await post('SELECT 1, 2', {}, { 'X-ClickHouse-Format': 'CSV' });
    expect(await answer.text()).toBe('1,2\n');
    expect(answer.headers.get('x-clickhouse-format')).toBe('CSV');
  });

  it('has an id, a time zone, a summary', async () => {
    const answer = await get('SELECT number FROM numbers(10)', { query_id: 'mine' });
    expect(answer.headers.get('x-clickhouse-query-id')).toBe('mine');
    expect(answer.headers.get('x-clickhouse-timezone')).toBe('UTC');
    expect(JSON.parse(answer.headers.get('x-clickhouse-summary')!)).toMatchObject({ read_rows: '10' });
    expect((await get('SELECT 1')).headers.get('x-clickhouse-query-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is of the database that the address names', async () => {
    expect(await (await get('SELECT currentDatabase()', { database: 'shop' })).text()).toBe('shop\n');
    expect((await get('SELECT 1', { database: "no'such`db\\" })).status).toBe(404);
  });

  it('takes settings and parameters for itself only', async () => {
    const settings = { max_result_rows: '7', param_name: "a'b\\\\c\\n\\t", param_list: "['x','y']" };
    const sql = "SELECT getSetting('max_result_rows'), {name:String} = 'a\\'b\\\\c\\n\\t', {list:Array(String)}";
    expect(await (await get(sql, settings)).text()).toBe("7\t1\t['x','y']\n");
    expect(await (await get("SELECT getSetting('max_result_rows')")).text()).toBe('0\n');
    expect(await (await get('SELECT {name:String}')).text()).toContain('Code: 456.');
  });

  it('refuses a setting that does not exist, or whose name is a statement', async () => {
    expect(await (await get('SELECT 1', { no_such_setting: '1' })).text()).toContain('UNKNOWN_SETTING');
    const answer = await get('SELECT 1', { 'a = 1; DROP TABLE shop.orders; SET b': '1' });
    expect(answer.status).toBe(400);
  });

  it('packs what is asked for packed', async () => {
    const bytes = await rawGet('/?query=SELECT+number+FROM+numbers(1000)', { 'accept-encoding': 'gzip' });
    expect(bytes.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(bytes.body).toString().split('\n')).toHaveLength(1001);
    const plain = await rawGet('/?query=SELECT+1', {});
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it('by GET cannot write', async () => {
    const answer = await get('CREATE TABLE shop.x (a UInt8) ENGINE = Memory');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('164');
    expect((await get('INSERT INTO shop.orders (id) VALUES (1)')).status).toBe(403);
  });

  it('is one statement', async () => {
    const answer = await post('SELECT 1; DROP TABLE shop.orders');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Multi-statements are not allowed');
    expect((await post('SELECT 1; -- the end ;\n;')).status).toBe(200);
  });

  it('that fails answers as a server does', async () => {
    const answer = await post('SELECT * FROM no_such_table');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('60');
    expect(await answer.text()).toMatch(/^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\)\n$/);
    expect((await post('SELEC 1')).status).toBe(400);
  });
});

describe('an insert', () => {
  const count = async () => Number(await (await get('SELECT count() FROM shop.orders')).text());
  const names = async () =>
    (await (await get('SELECT name FROM shop.orders ORDER BY id FORMAT JSONCompactColumns')).json()) as [string[]];
  const empty = () => post('TRUNCATE TABLE shop.orders');

  it('takes rows as JSON, as values, as tabs, in the body or behind the statement', async () => {
    await empty();
    const rows = '{"id":1,"name":"a"}\n\n{"id":"2","name":"b"}\n';
    for (const answer of [
      await post(rows, { query: 'INSERT INTO shop.orders FORMAT JSONEachRow' }),
      await post(`INSERT INTO shop.orders (id, name) FORMAT JSONEachRow\n${rows}`),
      await post("INSERT INTO shop.orders (id, name) VALUES (3, 'it''s\n\n; DROP TABLE shop.orders'), (4, 'FORMAT')"),
      await post('5\te\n', {
        query: 'insert into table `shop`.`orders` (`id`, name) settings max_insert_threads = 1 format TSV',
      }),
      await post('x,6\n', { query: 'INSERT INTO orders (name, id) FORMAT CSV', database: 'shop' }),
    ]) {
      expect(await answer.text()).toBe('');
      expect(answer.status).toBe(200);
    }
    expect(await count()).toBe(8);
  });

  it('takes packed bodies', async () => {
    await empty();
    const query = 'INSERT INTO shop.orders FORMAT JSONEachRow';
    await post(gzipSync('{"id":1,"name":"packed"}'), { query }, { 'Content-Encoding': 'gzip' });
    expect(await names()).toEqual([['packed']]);
    const broken = await post(Buffer.from('not gzip'), { query }, { 'Content-Encoding': 'gzip' });
    expect(broken.status).toBe(500);
  });

  it('takes Native blocks as they are, into columns and through input()', async () => {
    await empty();
    const block = nativeBlock('log_exceptions', [
      { service: 'a\n\nDROP TABLE shop.orders', timestamp: 1n },
      { service: "'\\\0", timestamp: 2n },
    ]);
    const structure =
      "timestamp DateTime64(9, \\'UTC\\'), trace_id String, span_id String, service String, environment String, version String, exception_type String, exception_message String, exception_stacktrace String";
    const query = `INSERT INTO shop.orders (id, name) SELECT toUnixTimestamp64Nano(timestamp), service FROM input('${structure}') FORMAT Native`;
    const inAddress = await post(block, { query });
    expect(await inAddress.text()).toBe('');
    const inBody = await post(Buffer.concat([Buffer.from(`${query}\n`), block]));
    expect(await inBody.text()).toBe('');
    expect(await names()).toEqual([['a\n\nDROP TABLE shop.orders', 'a\n\nDROP TABLE shop.orders', "'\\\0", "'\\\0"]]);
  });

  it('of rows that a query makes runs as it is', async () => {
    await empty();
    const answer = await post("INSERT INTO shop.orders (id, name) SELECT number, 'FORMAT' FROM numbers(3)");
    expect(answer.status).toBe(200);
    expect(await count()).toBe(3);
  });

  it('runs nothing that stands in its data', async () => {
    await empty();
    const hostile = '{"id":1,"name":"a"}\n\nDROP TABLE shop.orders';
    const answer = await post(hostile, { query: 'INSERT INTO shop.orders FORMAT JSONEachRow' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await count()).toBe(0);
  });

  it('says which column or table there is not', async () => {
    const noColumn = await post('{}', { query: 'INSERT INTO shop.orders (nope) FORMAT JSONEachRow' });
    expect(await noColumn.text()).toContain('NO_SUCH_COLUMN_IN_TABLE');
    const noTable = await post('{}', { query: 'INSERT INTO shop.nope FORMAT JSONEachRow' });
    expect(noTable.headers.get('x-clickhouse-exception-code')).toBe('60');
  });
});

describe('@clickhouse/client', () => {
  it('pings, inserts, streams, reads, and learns what failed', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
    await client.command({ query: 'CREATE TABLE shop.things (id UInt32, at DateTime) ENGINE = MergeTree ORDER BY id' });
    await client.insert({ table: 'shop.things', values: [{ id: 1, at: 0 }], format: 'JSONEachRow' });
    await client.insert({
      table: 'shop.things',
      values: Readable.from([
        { id: 2, at: 60 },
        { id: 3, at: 120 },
      ]),
      format: 'JSONEachRow',
      columns: ['id', 'at'],
    });
    const result = await client.query({
      query: 'SELECT id, at FROM shop.things WHERE id IN {ids:Array(UInt32)} ORDER BY id',
      query_params: { ids: [1, 3] },
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    expect(await result.json()).toEqual([
      { id: 1, at: '1970-01-01 00:00:00' },
      { id: 3, at: '1970-01-01 00:02:00' },
    ]);
    const failing = client.query({ query: 'SELECT nope FROM shop.things' });
    await expect(failing).rejects.toBeInstanceOf(ClickHouseError);
    await expect(failing).rejects.toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' });
  });

  it('packs both ways', async () => {
    const packing = createClient({ url: server.url, database: 'shop', compression: { request: true, response: true } });
    await packing.command({ query: 'CREATE TABLE packed (n UInt32) ENGINE = MergeTree ORDER BY n' });
    const values = Array.from({ length: 1000 }, (_, n) => ({ n }));
    await packing.insert({ table: 'packed', values, format: 'JSONEachRow' });
    const result = await packing.query({ query: 'SELECT sum(n) AS sum FROM packed', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ sum: 499500 }]);
    await packing.close();
  });
});

describe('the port', () => {
  it('refuses what a page of another site makes a browser send', async () => {
    const { port } = new URL(server.url);
    const path = '/?query=SELECT+1';
    expect((await rawGet(path, { host: 'evil.example' })).status).toBe(403);
    expect((await rawGet(path, { host: `evil.example:${port}` })).status).toBe(403);
    expect((await rawGet(path, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await rawGet(path, { origin: 'null' })).status).toBe(403);
    expect((await rawGet(path, { host: `localhost:${port}`, origin: `http://localhost:${port}` })).status).toBe(200);
  });

  it('answers /ping, and no path that it does not know', async () => {
    expect(await (await fetch(`${server.url}/ping`)).text()).toBe('Ok.\n');
    expect((await fetch(`${server.url}/nope`)).status).toBe(404);
  });

  it('serves more at once than it runs at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => get(`SELECT sleep(0.01), ${n}`)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(texts).toEqual(Array.from({ length: 40 }, (_, n) => `0\t${n}\n`));
  });
});

interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** fetch sets Host, Origin and Accept-Encoding itself. */
function rawGet(path: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}${path}`, { headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    });
    call.on('error', reject);
    call.end();
  });
}
