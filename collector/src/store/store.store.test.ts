import { expect, it } from 'vitest';
import { eachStore } from './each-store.ts';
import { migrate } from './migrate.ts';
import { nativeBlock } from './native-rows.ts';
import { type Store, StoreError } from './store.ts';

const SECOND_NS = 1_000_000_000n;
const NOW_NS = BigInt(Math.floor(Date.now() / 1000)) * SECOND_NS;

eachStore('a store', (open) => {
  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  it('answers a ping', async () => {
    const store = await open();
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('reads 64-bit integers as numbers and times in UTC', async () => {
    const store = await open();
    const rows = await store.query('SELECT toUInt64(9007199254740991) AS n, toDateTime(0) AS t, timezone() AS zone');
    expect(rows).toEqual([{ n: 9007199254740991, t: '1970-01-01 00:00:00', zone: 'UTC' }]);
  });

  it('binds parameters of every kind as values', async () => {
    const store = await open();
    const text = "'; DROP TABLE spans -- \\ \t\n\n{x:String} é 😀 \0 end";
    const rows = await store.query(
      `SELECT {text:String} AS text, {count:UInt64} AS count, {rate:Float64} AS rate, {yes:Bool} AS yes,
              {texts:Array(String)} AS texts, {numbers:Array(Int32)} AS numbers, {none:Array(String)} AS none`,
      { text, count: 12, rate: -0.5, yes: true, texts: [text, ''], numbers: [-1, 2], none: [] },
    );
    expect(rows).toEqual([{ text, count: 12, rate: -0.5, yes: true, texts: [text, ''], numbers: [-1, 2], none: [] }]);
  });

  it('does not take a forgotten parameter from an earlier query', async () => {
    const store = await open();
    for (let i = 0; i < 5; i++) await store.query('SELECT {a:UInt8}', { a: 1 });
    await expect(store.query('SELECT {a:UInt8}')).rejects.toMatchObject({ code: 456, retryable: false });
  });

  it('runs statements in the order in which they were given', async () => {
    const store = await open();
    await Promise.all([
      store.command('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n'),
      store.command('INSERT INTO t SELECT {n:UInt8}', { n: 1 }),
      store.insertRows('t', [{ n: 2 }]),
      store.command('ALTER TABLE t RENAME COLUMN n TO m').catch(() => {}),
      store.insertRows('t', [{ n: 3 }]),
    ]);
    expect(await store.query('SELECT sum(n) AS sum FROM t')).toEqual([{ sum: 6 }]);
  });

  it('cannot write by a query', async () => {
    const store = await open();
    await store.command('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    await expect(store.query('INSERT INTO t VALUES (1)')).rejects.toBeInstanceOf(StoreError);
    await expect(store.query('DROP TABLE t')).rejects.toBeInstanceOf(StoreError);
    expect(await store.query('SELECT count() AS n FROM t')).toEqual([{ n: 0 }]);
  });

  it('gives up a query that takes too long, and serves the next', async () => {
    const store = await open();
    const slow = store.query(
      'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1',
      {},
      {
        executionSecondsMax: 1,
      },
    );
    await expect(slow).rejects.toMatchObject({ code: 159, retryable: true });
    expect(await store.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('inserts rows whatever text they hold', async () => {
    const store = await open();
    await store.command(
      "CREATE TABLE t (text String, at DateTime64(3, 'UTC'), many Array(String), maybe Nullable(UInt8)) ENGINE = MergeTree ORDER BY text",
    );
    const hostile = ['a\n\nDROP TABLE t', "'); DROP TABLE t; --", '\\', '\0\u2028', 'FORMAT Native', '😀'];
    await store.insertRows(
      't',
      hostile.map((text) => ({ text, at: '2026-01-02T03:04:05.678Z', many: [text], maybe: null })),
    );
    const rows = await store.query<{ text: string; at: string; many: string[] }>('SELECT text, at, many, maybe FROM t');
    expect(rows.map((row) => row.text).sort()).toEqual([...hostile].sort());
    for (const row of rows) expect(row).toMatchObject({ at: '2026-01-02 03:04:05.678', many: [row.text], maybe: null });
  });

  it('refuses rows with a column that the table does not have', async () => {
    const store = await open();
    await store.command('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    await expect(store.insertRows('t', [{ n: 1, typo: 2 }])).rejects.toMatchObject({ retryable: false });
    expect(await store.query('SELECT count() AS n FROM t')).toEqual([{ n: 0 }]);
  });

  it('inserts a block with every column as it was written', async () => {
    const store = await migrated();
    const span = {
      timestamp: NOW_NS + 123_456_789n,
      duration_ns: 18_446_744_073_709_551_615n,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      service: 'shop',
      name: "GET /'\n\n; DROP TABLE spans",
      kind: 2,
      status_code: 500,
      fingerprint: 0xfedcba9876543210n,
      resource: { 'service.name': 'shop', '': 'é' },
      attributes: {},
      events: '[]',
    };
    await store.insertBlocks('spans', [nativeBlock('spans', [span])], {
      id: '18446744073709551615',
      deduplicationToken: 'a',
    });
    const rows = await store.query(
      `SELECT toString(toUnixTimestamp64Nano(timestamp)) AS timestamp, toString(duration_ns) AS duration_ns, trace_id, span_id,
              service, name, kind, status_code, lower(hex(fingerprint)) AS fingerprint, resource, attributes, events,
              toString(batch_id) AS batch_id, abs(dateDiff('second', inserted_at, now('UTC'))) < 60 AS fresh FROM spans`,
    );
    expect(rows).toEqual([
      {
        ...span,
        timestamp: String(span.timestamp),
        duration_ns: String(span.duration_ns),
        fingerprint: 'fedcba9876543210',
        batch_id: '18446744073709551615',
        fresh: 1,
      },
    ]);
  });

  it('takes a block of each table', async () => {
    const store = await migrated();
    const common = { timestamp: NOW_NS, trace_id: 't', service: 'shop' };
    const batch = { id: '1', deduplicationToken: 'token' };
    await store.insertBlocks('spans', [nativeBlock('spans', [common])], batch);
    const queries = [{ ...common, source: 'derived', calls: 7, distinct_values: -1 }];
    await store.insertBlocks('request_queries', [nativeBlock('request_queries', queries)], batch);
    await store.insertBlocks('exceptions', [nativeBlock('exceptions', [common])], batch);
    await store.insertBlocks('log_exceptions', [nativeBlock('log_exceptions', [common])], batch);
    for (const table of ['spans', 'request_queries', 'exceptions', 'log_exceptions']) {
      expect(await store.query(`SELECT count() AS n FROM ${table}`), table).toEqual([{ n: 1 }]);
    }
    expect(await store.query('SELECT source, calls, distinct_values FROM request_queries')).toEqual([
      { source: 'derived', calls: 7, distinct_values: -1 },
    ]);
  });

  it('inserts a batch of several blocks once, however often its token comes, and into every rollup', async () => {
    const store = await migrated();
    const block = (count: number) =>
      nativeBlock(
        'spans',
        Array.from({ length: count }, (_, i) => ({ timestamp: NOW_NS, duration_ns: BigInt(i + 1), entry: 1 })),
      );
    const blocks = [block(3), block(4)];
    for (let i = 0; i < 3; i++) await store.insertBlocks('spans', blocks, { id: '1', deduplicationToken: 'first' });
    await store.insertBlocks('spans', blocks, { id: '2', deduplicationToken: 'second' });
    expect(await store.query('SELECT count() AS n FROM spans')).toEqual([{ n: 14 }]);
    expect(await store.query('SELECT count() AS n FROM requests')).toEqual([{ n: 14 }]);
    expect(await store.query('SELECT sum(requests) AS n FROM endpoint_minutely')).toEqual([{ n: 14 }]);
    expect(await store.query('SELECT sum(requests) AS n FROM endpoint_hourly')).toEqual([{ n: 14 }]);
  });

  it('does nothing for nothing', async () => {
    const store = await migrated();
    await store.insertRows('progress', []);
    await store.insertBlocks('spans', [], { id: '1', deduplicationToken: 'x' });
    expect(await store.query('SELECT count() AS n FROM spans')).toEqual([{ n: 0 }]);
  });

  it('calls permanent what would fail again', async () => {
    const store = await migrated();
    const permanent = { retryable: false };
    const batch = { id: '1', deduplicationToken: 'x' };
    await expect(store.query('SELEC 1')).rejects.toMatchObject({ ...permanent, code: 62 });
    await expect(store.query('SELECT nothing FROM spans')).rejects.toMatchObject({ ...permanent, code: 47 });
    await expect(store.command('ALTER TABLE spans ADD COLUMN x NoSuchType')).rejects.toMatchObject(permanent);
    await expect(store.insertBlocks('spans', [Buffer.from('not a block')], batch)).rejects.toMatchObject(permanent);
    const dayNs = 86_400n * SECOND_NS;
    const days = Array.from({ length: 150 }, (_, day) => ({ timestamp: NOW_NS - BigInt(day) * dayNs }));
    await expect(store.insertBlocks('spans', [nativeBlock('spans', days)], batch)).rejects.toMatchObject({
      ...permanent,
      code: 252,
    });
    await expect(store.insertBlocks('spans', [], { id: '-1', deduplicationToken: 'x' })).resolves.toBeUndefined();
    await expect(
      store.insertBlocks('spans', [nativeBlock('spans', [])], { id: '1) ', deduplicationToken: 'x' }),
    ).rejects.toMatchObject(permanent);
  });

  it('calls retryable what an operator or time may cure', async () => {
    const store = await migrated();
    await expect(store.query('SELECT * FROM no_such_table')).rejects.toMatchObject({ retryable: true, code: 60 });
    await expect(
      store.query('SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 10000000'),
    ).rejects.toMatchObject({ retryable: true, code: 241 });
  });

  it('answers reads while a statement runs', async () => {
    const store = await open();
    const done: string[] = [];
    await store.command('CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY tuple()');
    const slow = store
      .command('INSERT INTO t SELECT sum(sipHash64(number)) FROM numbers(40000000)')
      .then(() => done.push('statement'));
    for (let i = 0; i < 5; i++) await store.query('SELECT {i:UInt8}', { i }).then(() => done.push('read'));
    await slow;
    expect(done.slice(0, 3)).toEqual(['read', 'read', 'read']);
  });

  it('answers a short read beside a long one, both with parameters', async () => {
    const store = await open();
    const done: string[] = [];
    const sql =
      'SELECT count() AS n FROM numbers({rows:UInt64}) WHERE sipHash64(number) % 7 = 3 SETTINGS max_threads = 1';
    const long = store.query(sql, { rows: 40_000_000 }).then(() => done.push('long'));
    for (let i = 0; i < 3; i++) await store.query(sql, { rows: i }).then(() => done.push('short'));
    await long;
    expect(done).toEqual(['short', 'short', 'short', 'long']);
  });

  it('refuses work after it was closed, as retryable, and closes twice', async () => {
    const store = await open();
    await Promise.all([store.close(), store.close()]);
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ retryable: true });
    await expect(store.ping()).rejects.toBeInstanceOf(StoreError);
  });
});
