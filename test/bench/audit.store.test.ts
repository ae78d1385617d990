import { describe, expect, it } from 'vitest';
import { OtlpDecoder } from '../../collector/src/otlp/otlp-decoder.ts';
import { eachStore } from '../../collector/src/store/each-store.ts';
import { migrate } from '../../collector/src/store/migrate.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { auditStore } from './audit.ts';
import type { BodyOutcome, Ledger } from './ledger.ts';
import { LoadBodies } from './load-bodies.ts';

const RUN = 321;
const SPANS = 100;
const bodies = new LoadBodies({ encoding: 'protobuf', seed: 1, run: RUN, spansPerBody: SPANS, services: 6 }, 4);
const decoder = new OtlpDecoder({ slowRequestThresholdMs: 1_000, ignoredPaths: [], retentionDays: 7 });

let batch = 0;

async function insert(store: Store, ...numbers: number[]): Promise<void> {
  const target = Buffer.alloc(bodies.bytesMax);
  for (const number of numbers) {
    const { blocks } = decoder.decodeAtOnce('traces', 'protobuf', bodies.stamp(target, number, Date.now()));
    const id = String(++batch);
    for (const { table, bytes } of blocks) await store.insertBlocks(table, [bytes], { id, deduplicationToken: id });
  }
}

function ledger(outcomes: Readonly<Record<number, BodyOutcome>>): Ledger {
  const entries = Object.entries(outcomes).map(([number, outcome]) => {
    const { spans, entries } = bodies.template(Number(number));
    return { outcome, body: Number(number), spans, entries };
  });
  return { run: RUN, entries };
}

eachStore('the audit of a load', (open) => {
  async function stored(...numbers: number[]): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    await insert(store, ...numbers);
    return store;
  }

  it('finds nothing wrong where each acknowledged body is stored once', async () => {
    const store = await stored(0, 1, 2);
    const found = await auditStore(
      store,
      ledger({ 0: 'acknowledged', 1: 'acknowledged', 2: 'acknowledged', 3: 'refused' }),
    );
    expect(found.faults).toEqual([]);
    expect(found).toMatchObject({ acknowledgedSpans: 300, storedSpans: 300, minutelyMismatches: 0 });
    const entries = [0, 1, 2].reduce((sum, number) => sum + bodies.template(number).entries, 0);
    expect(found.requests).toEqual({ requests: entries, minutely: entries, hourly: entries });
    expect(found.bytesOnDisk.spans).toBeGreaterThan(300);
  });

  it('takes either for right where there was no answer', async () => {
    const store = await stored(0);
    const found = await auditStore(store, ledger({ 0: 'unknown', 1: 'unknown' }));
    expect(found.faults).toEqual([]);
    expect(found.unknownSpansStored).toBe(SPANS);
  });

  it('finds what is missing, what is there twice, and what should not be there', async () => {
    const store = await stored(0, 0, 2, 3);
    const found = await auditStore(store, ledger({ 0: 'acknowledged', 1: 'acknowledged', 2: 'refused' }));
    expect(found).toMatchObject({ missingSpans: SPANS, duplicateSpans: SPANS, unexpectedSpans: 2 * SPANS });
    expect(found.faults).toEqual(
      expect.arrayContaining([
        '100 acknowledged spans are not stored',
        '100 spans are stored more than once',
        '200 spans are stored that were refused or never sent',
      ]),
    );
  });

  it('finds a rollup that does not say what its spans say', async () => {
    const store = await stored(0);
    await store.command(
      `INSERT INTO ${store.database}.endpoint_minutely (minute, service, route, method, requests) VALUES (now(), 'shop', '/lost', 'GET', 2)`,
    );
    const found = await auditStore(store, ledger({ 0: 'acknowledged' }));
    expect(found.minutelyMismatches).toBe(1);
    expect(found.faults).toEqual(expect.arrayContaining(['1 minutes of endpoints differ from their spans']));
    expect(found.requests.minutely).toBe(found.storedEntries + 2);
  });
});

describe('bodies of a load', () => {
  it('are stamped as they are numbered: the same number is the same body', () => {
    const [first, second] = [5, 5].map((number) =>
      bodies.stamp(Buffer.alloc(bodies.bytesMax), number, 1_795_000_000_000),
    );
    expect(first!.equals(second!)).toBe(true);
  });
});
