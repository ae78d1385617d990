import { beforeAll, expect, it } from 'vitest';
import { BLOCK_COLUMNS } from '../store/blocks.ts';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { BlockTable, Store } from '../store/store.ts';
import type { DecodedBlock } from './decoded.ts';
import { span } from './decoded-rows.fixture.ts';
import { type Row, readNativeBlock } from './native-block.fixture.ts';
import { OtlpDecoder } from './otlp-decoder.ts';
import { encodeLogs, encodeTraces } from './otlp-request.fixture.ts';

const NOW_NS = BigInt(Math.floor(Date.now() / 1_000)) * 1_000_000_000n + 123_456_789n;
const TEXTS = { nul: 'a\0b', tab: 'a\tb\nc\\d', quotes: `'"\``, emoji: '🙂', empty: '', long: 'x'.repeat(70_000) };

/** One request that gives every column of every table a value of its own. */
function decodeEverything(): DecodedBlock[] {
  const decoder = new OtlpDecoder({ slowRequestThresholdMs: 1, ignoredPaths: ['/admin'], retentionDays: 7 });
  const times = { startTimeUnixNano: NOW_NS, endTimeUnixNano: NOW_NS + 2_000_001n };
  const resource = {
    'service.name': "sh'op",
    'service.version': '1.2',
    'deployment.environment.name': 'prod',
    ...TEXTS,
  };
  const entry = span({
    ...times,
    name: 'GET /orders',
    flags: 0x301,
    parentSpanId: 'fe'.repeat(8),
    status: { code: 2, message: 'failed\n' },
    attributes: {
      ...TEXTS,
      'http.request.method': 'GET',
      'http.response.status_code': 503,
      'http.route': '/orders/:id',
      'url.path': '/orders/7',
      'profiler.version': '1',
      'profiler.query.text': ['SELECT a FROM b', '(other)'],
      'profiler.query.system': ['postgresql', ''],
      'profiler.query.loop_path': ['a > b', ''],
      'profiler.query.count': [4_000_000_000, 1],
      'profiler.query.duration_ns': [2n ** 62n, 5],
      'profiler.query.duration_max_ns': [2n ** 61n, 5],
      'profiler.query.call_site': ['/app/a.js:4000000000:f', ''],
      'profiler.query.distinct_values': [2_000_000_000, -1],
      'profiler.exception.type': ['E'],
      'profiler.exception.message': ["it's"],
      'profiler.exception.stacktrace': ['at a\n\nDROP TABLE x'],
    },
    events: [
      {
        name: 'exception',
        attributes: { 'exception.type': 'E', 'exception.message': 'm', 'exception.stacktrace': 's' },
      },
      { name: 'retry', attributes: { attempt: 2 } },
    ],
    links: [{ traceId: '11'.repeat(16), spanId: '22'.repeat(8) }],
  });
  const late = span({
    ...times,
    spanId: '33'.repeat(8),
    kind: 3,
    attributes: {
      'db.system.name': 'postgresql',
      'db.query.text': "SELECT * FROM t WHERE a = 'x'",
      'profiler.entry_span_id': 'b7ad6b7169203331',
      'profiler.loop_path': 'a > b',
    },
  });
  const folded = span({
    ...times,
    spanId: '44'.repeat(8),
    attributes: { 'profiler.folded': true, 'url.path': '/admin' },
  });
  const traces = encodeTraces([{ resource, scope: { name: 'lib' }, spans: [entry, late, folded] }], 'protobuf');
  const attributes = { 'exception.type': 'E', 'exception.message': 'm', 'exception.stacktrace': 's' };
  const record = { timeUnixNano: NOW_NS, attributes, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };
  const logs = encodeLogs([{ resource, logRecords: [record] }], 'protobuf');
  return [
    ...decoder.decodeAtOnce('traces', 'protobuf', Buffer.from(traces)).blocks,
    ...decoder.decodeAtOnce('logs', 'protobuf', Buffer.from(logs)).blocks,
  ];
}

/** Every column as text, so that the engine's own JSON cannot round it. */
function selectAll(store: Store, table: BlockTable): string {
  const columns = BLOCK_COLUMNS[table].map(([name, type]) => {
    if (type.startsWith('Map')) return name;
    if (type.startsWith('DateTime64')) return `toString(toUnixTimestamp64Nano(${name})) AS ${name}`;
    return `toString(${name}) AS ${name}`;
  });
  return `SELECT ${columns.join(', ')} FROM ${store.database}.${table} ORDER BY ${ORDER[table]}`;
}

const ORDER: Record<BlockTable, string> = {
  spans: 'spans.span_id',
  request_queries: 'request_queries.db_system DESC',
  exceptions: 'exceptions.exception_key',
  log_exceptions: 'log_exceptions.span_id',
};

function asText(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, typeof cell === 'object' ? cell : String(cell)]),
  );
}

eachStore('decoded blocks in the engine', (open) => {
  let store: Store;
  const blocks = decodeEverything();
  beforeAll(async () => {
    store = await open();
    await migrate(store, { retentionDays: 7 });
  });

  it.each(Object.keys(BLOCK_COLUMNS) as BlockTable[])(
    'every column of %s comes back as it was decoded',
    async (table) => {
      const { bytes } = blocks.find((block) => block.table === table)!;
      await store.insertBlocks(table, [bytes], { id: '18446744073709551615', deduplicationToken: 'a' });
      const expected = readNativeBlock(bytes).map(asText);
      const stored = await store.query<Row>(selectAll(store, table));
      const sortKey = table === 'spans' ? 'span_id' : table === 'request_queries' ? 'db_system' : 'timestamp';
      const sorted = expected.sort((a, b) => (String(a[sortKey]) < String(b[sortKey]) ? -1 : 1));
      expect(stored).toEqual(table === 'request_queries' ? sorted.reverse() : sorted);
    },
  );

  it('several blocks of one insert are all there', async () => {
    const { bytes } = blocks.find(({ table }) => table === 'spans')!;
    const before = await rows();
    await store.insertBlocks('spans', Array<Buffer>(5).fill(bytes), { id: '7', deduplicationToken: 'b' });
    expect((await rows()) - before).toBe(15);
  });

  async function rows(): Promise<number> {
    return (await store.query<{ rows: number }>(`SELECT count() AS rows FROM ${store.database}.spans`))[0]!.rows;
  }
});
