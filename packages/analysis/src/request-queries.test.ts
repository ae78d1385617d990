import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { requestQueries } from './request-queries.ts';
import type { SpanRecord } from './span-record.ts';
import { spanOf } from './test-span.ts';

const ITEMS = fingerprint('SELECT * FROM items WHERE order_id = 1').hex;
const ORDERS = fingerprint('SELECT * FROM orders').hex;

/** A trace as text: indentation is parenthood; `entry` opens a request; `-> name` is a query. */
function trace(text: string): SpanRecord[] {
  const ids: string[] = [];
  return text
    .trim()
    .split('\n')
    .map((line, index) => {
      const depth = line.search(/\S/) >> 1;
      const name = line.trim();
      ids[depth] = `span${index}`;
      const isQuery = name.startsWith('-> ');
      return spanOf({
        spanId: `span${index}`,
        parentSpanId: depth === 0 ? '' : ids[depth - 1]!,
        name,
        kind: name.startsWith('entry') ? 2 : isQuery ? 3 : 1,
        entry: name.startsWith('entry'),
        ignored: name.includes('ignored'),
        folded: name.includes('folded'),
        fingerprint: isQuery ? (name.includes('items') ? ITEMS : ORDERS) : '',
        durationNs: index,
      });
    });
}

const summary = (spans: readonly SpanRecord[]) =>
  requestQueries(spans).queries.map((it) => `${it.entrySpanId} ${it.loopPath} x${it.calls}`);

describe('the queries of a request', () => {
  it('are counted by fingerprint and loop path', () => {
    const spans = trace(`
entry GET /orders
  -> orders
  loadItems
    -> items
  loadItems
    -> items
  other
    -> items`);
    const { queries, unattributed } = requestQueries(spans);
    expect(unattributed).toBe(0);
    expect(
      queries.map(({ loopPath, calls, durationNs, durationNsMax }) => [loopPath, calls, durationNs, durationNsMax]),
    ).toEqual(
      expect.arrayContaining([
        ['', 1, 1, 1],
        ['loadItems', 2, 3 + 5, 5],
        ['other', 1, 7, 7],
      ]),
    );
    expect(queries).toHaveLength(3);
  });

  it('go to the nearest entry span', () => {
    expect(
      summary(
        trace(`
entry GET /orders
  call
    entry GET /stock
      -> items
  -> items`),
      ),
    ).toEqual(['span0  x1', 'span2  x1']);
  });

  it('do not include those of an ignored request, folded ones, or those outside any request', () => {
    expect(summary(trace('entry ignored\n  -> items'))).toEqual([]);
    expect(summary(trace('entry GET /\n  -> items folded'))).toEqual([]);
    expect(requestQueries(trace('job\n  -> items'))).toEqual({ queries: [], unattributed: 0 });
    expect(requestQueries(trace('-> items'))).toEqual({ queries: [], unattributed: 0 });
  });

  it('count a statement once that an ORM and its driver both recorded', () => {
    expect(summary(trace('entry GET /\n  -> items by knex\n    -> items by pg'))).toEqual(['span0  x1']);
    expect(summary(trace('entry GET /\n  -> orders\n    -> items'))).toHaveLength(2);
  });

  const call = (spanId: string, parentSpanId: string, parts: Partial<SpanRecord> = {}) =>
    spanOf({ spanId, parentSpanId, name: spanId, kind: 3, dbSystem: 'postgresql', fingerprint: ITEMS, ...parts });
  const entry = spanOf({ spanId: 'entry', name: 'GET /', kind: 2, entry: true });
  const rowsOf = (...spans: SpanRecord[]) =>
    requestQueries([entry, ...spans]).queries.map((it) => [it.loopPath, it.calls, it.repeats, it.distinctValues]);

  it('are those of the driver where an ORM tells of something of its own above them', () => {
    const orm = call('orm', 'entry', { scope: 'typeorm', fingerprint: ORDERS });
    const inner = call('pg', 'orm', { scope: 'pg' });
    expect(rowsOf(orm)).toEqual([['', 1, 1, -1]]);
    // The row that was written before the driver's span came must not stay.
    expect(rowsOf(orm, inner)).toEqual(
      expect.arrayContaining([
        ['', 0, 0, 0],
        ['orm', 1, 1, -1],
      ]),
    );
    expect(rowsOf(call('a', 'entry', { summarised: true, fingerprint: ORDERS }), call('b', 'a'))).toEqual(
      expect.arrayContaining([
        ['', 0, 0, 0],
        ['a', 1, 1, -1],
      ]),
    );
  });

  it('are told apart from the HTTP calls that carry them', () => {
    const http = { dbSystem: 'http', fingerprint: ORDERS };
    expect(rowsOf(call('es', 'entry'), call('post', 'es', http))).toEqual([['', 1, 1, -1]]);
    expect(rowsOf(call('connect', 'entry', { fingerprint: '' }), call('post', 'connect', http))).toEqual([]);
    expect(rowsOf(call('post', 'entry', http))).toEqual([['', 1, 1, -1]]);
  });

  it('are counted by one of two instrumentations that stand side by side', () => {
    const sides = ['a', 'b', 'c'].flatMap((id) => [
      call(`${id}1`, 'entry', { scope: 'sqlalchemy' }),
      call(`${id}2`, 'entry', { scope: 'psycopg2' }),
    ]);
    expect(rowsOf(...sides)).toEqual([['', 3, 3, -1]]);
    expect(rowsOf(...sides.slice(1))).toEqual([['', 3, 3, -1]]);
  });

  it('repeat only where they neither failed nor asked for many, and say how many values there were', () => {
    const calls = [1, 1, 2, 3].map((valuesHash, at) => call(`c${at}`, 'entry', { valuesHash, repeatable: at > 0 }));
    expect(rowsOf(...calls)).toEqual([['', 4, 3, 3]]);
    expect(rowsOf(...calls, call('c4', 'entry'))).toEqual([['', 5, 4, -1]]);
  });

  it('wait for the spans between them and their entry span', () => {
    const spans = trace('entry GET /\n  handler\n    -> items');
    expect(requestQueries(spans.filter((span) => span.name !== 'handler'))).toEqual({ queries: [], unattributed: 1 });
    expect(requestQueries(spans.slice(1))).toEqual({ queries: [], unattributed: 1 });
  });

  it('that ended after their instrumented entry span belong where they say', () => {
    const entry = spanOf({ spanId: 'entry', entry: true, instrumented: true, kind: 2 });
    const late = spanOf({
      spanId: 'q',
      parentSpanId: 'gone',
      fingerprint: ITEMS,
      entrySpanId: 'entry',
      loopPath: 'a > b',
    });
    expect(summary([late, entry])).toEqual(['entry a > b x1']);
    expect(requestQueries([late])).toEqual({ queries: [], unattributed: 1 });
  });

  it('do not go round in circles', () => {
    const spans = ['a', 'b'].map((spanId) =>
      spanOf({ spanId, parentSpanId: spanId === 'a' ? 'b' : 'a', fingerprint: ITEMS }),
    );
    expect(requestQueries([...spans, spanOf({ spanId: 'c', parentSpanId: 'c', fingerprint: ORDERS })])).toEqual({
      queries: [],
      unattributed: 3,
    });
  });
});

/** Any tree of up to 40 spans: each span's parent is an earlier one, or is missing, or there is none. */
const tree = fc
  .array(
    fc.record({
      parent: fc.integer({ min: -2, max: 39 }),
      kind: fc.constantFrom('entry', 'ignored', 'query', 'query', 'query', 'inner', 'folded'),
      name: fc.constantFrom('a', 'b'),
      durationNs: fc.nat(1_000),
    }),
    { maxLength: 40 },
  )
  .map((nodes) =>
    nodes.map((node, index) =>
      spanOf({
        spanId: `s${index}`,
        parentSpanId: node.parent === -1 ? '' : node.parent < 0 || node.parent >= index ? 'missing' : `s${node.parent}`,
        name: node.name,
        entry: node.kind === 'entry' || node.kind === 'ignored',
        ignored: node.kind === 'ignored',
        folded: node.kind === 'folded',
        fingerprint: node.kind === 'query' || node.kind === 'folded' ? (node.name === 'a' ? ITEMS : ORDERS) : '',
        durationNs: node.durationNs,
      }),
    ),
  );

describe('whatever the tree', () => {
  it('neither order nor repetition of the spans changes anything', () => {
    const shuffled = tree.chain((spans) =>
      fc.tuple(fc.constant(spans), fc.shuffledSubarray([...spans, ...spans], { minLength: spans.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, ([spans, others]) => {
        expect(requestQueries(others)).toEqual(requestQueries(spans));
      }),
    );
  });

  it('every query is counted once, or waits, or belongs to no profiled request', () => {
    fc.assert(
      fc.property(tree, (spans) => {
        const { queries, unattributed } = requestQueries(spans);
        const counted = queries.reduce((sum, query) => sum + query.calls, 0);
        const unfolded = spans.filter((span) => span.fingerprint !== '' && !span.folded).length;
        expect(counted + unattributed).toBeLessThanOrEqual(unfolded);
        const keys = queries.map((query) => `${query.entrySpanId} ${query.fingerprint} ${query.loopPath}`);
        expect(new Set(keys).size).toBe(keys.length);
        const entries = new Set(spans.filter((span) => span.entry && !span.ignored).map((span) => span.spanId));
        for (const query of queries) expect(entries).toContain(query.entrySpanId);
      }),
    );
  });

  it('more spans never take a call away', () => {
    fc.assert(
      fc.property(tree, fc.nat(40), (spans, count) => {
        const all = new Map(
          requestQueries(spans).queries.map((it) => [`${it.entrySpanId} ${it.fingerprint} ${it.loopPath}`, it]),
        );
        for (const query of requestQueries(spans.slice(-count)).queries) {
          const later = all.get(`${query.entrySpanId} ${query.fingerprint} ${query.loopPath}`);
          expect(later?.calls).toBeGreaterThanOrEqual(query.calls);
        }
      }),
    );
  });
});
