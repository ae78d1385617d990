import { fingerprint } from '@profiler/analysis';
import { bench, describe } from 'vitest';
import { randomNumbers } from '../../store/generated-spans.ts';
import { type NativeRow, nativeBlock } from '../../store/native-rows.ts';
import type { Store } from '../../store/store.ts';
import { type DerivedTrace, deriveTrace } from '../derive-trace.ts';
import { RowWriter } from '../row-writer.ts';
import { SpanMemory } from './span-memory.ts';

/**
 * What a span of a plain app costs the derivation on the main thread. One operation is {@link SPANS} spans, so
 * microseconds a span are milliseconds an operation / 9: requests of nine spans, of which six repeat one query.
 */
const TRACES = 1_000;
const SPANS_PER_TRACE = 9;
const SPANS = TRACES * SPANS_PER_TRACE;
const SPANS_PER_BLOCK = 450;

const random = randomNumbers(1);
const hex = (digits: number) =>
  Array.from({ length: digits / 8 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');

function trace(): NativeRow[] {
  const endpoint = Math.floor(random() * 20);
  const shared = {
    timestamp: BigInt(Date.now()) * 1_000_000n,
    duration_ns: 2_000_000n,
    trace_id: hex(32),
    service: `service-${endpoint % 6}`,
    environment: 'production',
    version: '1.2.3',
    attributes: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`app.attribute.${i}`, `value ${i}`])),
  };
  const entry = hex(16);
  const handler = hex(16);
  const query = (text: string): NativeRow => {
    const { text: query_text, hex: hash } = fingerprint(text);
    const db = { kind: 3, db_system: 'postgresql', query_text, fingerprint: BigInt(`0x${hash}`) };
    return { ...shared, ...db, span_id: hex(16), parent_span_id: handler, name: 'SELECT shop' };
  };
  const items = `SELECT i.* FROM order_items i JOIN products p ON p.id = i.product_id WHERE i.shard_${endpoint} = $1 LIMIT $2`;
  return [
    { ...shared, span_id: entry, name: 'GET', kind: 2, entry: 1, method: 'GET', route: `/api/orders/:id/${endpoint}` },
    { ...shared, span_id: handler, parent_span_id: entry, name: 'request handler', kind: 1 },
    query('SELECT o.* FROM orders o WHERE o.id = $1'),
    ...Array.from({ length: 6 }, () => query(items)),
  ];
}

const rows = Array.from({ length: TRACES }, trace).flat();
const blocks = Array.from({ length: SPANS / SPANS_PER_BLOCK }, (_, i) =>
  nativeBlock('spans', rows.slice(i * SPANS_PER_BLOCK, (i + 1) * SPANS_PER_BLOCK)),
);
const discarding = { insertBlocks: async () => {} } as unknown as Store;

/** As small as it goes, so that each operation pushes out what the one before took. */
const memory = new SpanMemory({
  rowsMax: SPANS,
  tracesMax: SPANS,
  isPartial: () => false,
  onGone: () => {},
  isAwaited: () => false,
});

async function take(): Promise<void> {
  while (memory.pendingCount > 0) memory.release(memory.pending[0]!);
  for (const block of blocks) await memory.take(block, { insertedAtMs: 1, areLogs: false });
}

function derive(): DerivedTrace[] {
  return [...memory.pending.subarray(0, memory.pendingCount)].map((number) => deriveTrace(memory.trace(number)));
}

await take();
const derived = derive();
const writer = new RowWriter(discarding, () => 1);

describe(`${SPANS} spans`, () => {
  bench('take blocks into memory', take);
  bench('derive', () => {
    derive();
  });
  bench('write rows', async () => {
    for (const each of derived) writer.add(each);
    await writer.flush();
  });
});
