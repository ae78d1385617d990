import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { RPCType, setRPCMetadata } from '@opentelemetry/core';
import { describe, expect, it } from 'vitest';
import { rows, TracedApp } from './traced-app.fixture.ts';

describe('the table of queries on an entry span', () => {
  it('has one row per statement and loop path, with calls, nanoseconds and the slowest', async () => {
    const app = new TracedApp();
    const request = app.serve();
    app.query('SELECT * FROM orders WHERE shop = $1', request).end(5);
    const handler = app.start('handler', SpanKind.INTERNAL, request.context);
    for (const ms of [1, 7, 2]) {
      const loop = app.start('loadLines', SpanKind.INTERNAL, handler.context);
      app.query('SELECT * FROM lines WHERE order_id = $1', loop).end(ms);
      loop.end();
    }
    handler.end();
    request.end(30);

    const [entry] = await app.entries();
    expect(rows(entry, 'text', 'loop_path', 'count', 'duration_ns', 'duration_max_ns')).toEqual([
      ['SELECT * FROM lines WHERE order_id = ?', 'handler > loadLines', 3, 10e6, 7e6],
      ['SELECT * FROM orders WHERE shop = ?', '', 1, 5e6, 5e6],
    ]);
    expect(entry?.attributes).toMatchObject({
      'profiler.query_count': 4,
      'profiler.query_duration_ns': 15e6,
      'profiler.sampled': true,
    });
  });

  it('finds one statement behind different values, and lets none of them out', async () => {
    const app = new TracedApp();
    const request = app.serve();
    for (let id = 1; id <= 50; id++)
      app.query(`SELECT * FROM users WHERE id = ${id} AND mail = 'u${id}@x.org'`, request).end();
    request.end();

    expect(rows((await app.entries())[0], 'count')).toEqual([[50]]);
    const texts = (await app.exported()).flatMap((span) => Object.values(span.attributes).map(String));
    expect(texts.filter((text) => text.includes('x.org'))).toEqual([]);
  });

  it('takes the name a span has at its end, not the one it started with', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const first = app.start('layer', SpanKind.INTERNAL, request.context);
    app.query('SELECT 1 FROM t', first).end();
    first.span.updateName('list orders');
    first.end();
    request.end();

    expect(rows((await app.entries())[0], 'loop_path')).toEqual([['list orders']]);
  });

  it('counts neither transactions nor connecting nor the same call seen by an ORM and its driver', async () => {
    const app = new TracedApp();
    const request = app.serve();
    for (const text of ['BEGIN', 'SAVEPOINT a', 'SET LOCAL x = 1', 'COMMIT']) app.query(text, request).end();
    app.start('pg.connect', SpanKind.CLIENT, request.context, { 'db.system.name': 'postgresql' }).end();
    const orm = app.query('SELECT * FROM t WHERE id = $1', request);
    app.query('SELECT * FROM t WHERE id = $1', orm).end();
    orm.end();
    request.end();

    const [entry] = await app.entries();
    expect(entry?.attributes['profiler.query_count']).toBe(1);
    expect(rows(entry, 'text')).toEqual([['SELECT * FROM t WHERE id = ?']]);
  });

  it('is absent from a request without queries, whose count is zero', async () => {
    const app = new TracedApp();
    app.serve().end();
    const [entry] = await app.entries();
    expect(entry?.attributes['profiler.query_count']).toBe(0);
    expect(Object.keys(entry?.attributes ?? {}).filter((key) => key.startsWith('profiler.query.'))).toEqual([]);
  });

  it('keeps 200 rows, the most repeated ones, and loses no query over it', async () => {
    const app = new TracedApp();
    const request = app.serve();
    for (let table = 0; table < 3_000; table++) app.query(`SELECT * FROM ${wordOf(table)}`, request).end(1);
    for (let call = 0; call < 12; call++) app.query('SELECT * FROM repeated WHERE id = $1', request).end(1);
    request.end();

    const [entry] = await app.entries();
    const table = rows(entry, 'text', 'count') as [string, number][];
    expect(table).toHaveLength(200);
    expect(table[0]).toEqual(['SELECT * FROM repeated WHERE id = ?', 12]);
    expect(table[199]).toEqual(['(other)', 3_000 - 198]);
    expect(table.reduce((sum, [, calls]) => sum + calls, 0)).toBe(3_012);
    expect(entry?.attributes['profiler.query_count']).toBe(3_012);
  });

  it('folds a loop of thousands of spans into one row', async () => {
    const app = new TracedApp();
    const request = app.serve();
    for (let at = 0; at < 5_000; at++) {
      const loop = app.start('load', SpanKind.INTERNAL, request.context);
      app.query('SELECT * FROM t WHERE id = $1', loop).end(1);
      loop.end();
    }
    request.end();
    expect(rows((await app.entries())[0], 'loop_path', 'count')).toEqual([['load', 5_000]]);
  });
});

describe('sampling', () => {
  for (const ratio of [0, 0.3, 1]) {
    it(`at ${ratio} loses no request and no query`, async () => {
      const app = new TracedApp({ ratio });
      for (let at = 0; at < 400; at++) {
        const request = app.serve();
        for (let call = 0; call < 3; call++) app.query('SELECT * FROM t WHERE id = $1', request).end(1);
        request.end(5);
      }

      const entries = await app.entries();
      const children = (await app.exported()).filter((span) => span.attributes['profiler.folded'] === true);
      const sampled = entries.filter((span) => span.attributes['profiler.sampled'] === true);
      expect(entries).toHaveLength(400);
      expect(entries.every((span) => span.attributes['profiler.query_count'] === 3)).toBe(true);
      expect(children).toHaveLength(sampled.length * 3);
      expect(entries.every((span) => span.spanContext().traceFlags === TraceFlags.SAMPLED)).toBe(true);
      if (ratio === 0 || ratio === 1) expect(sampled).toHaveLength(400 * ratio);
      else expect(sampled.length).toBeGreaterThan(60);
    });
  }

  it('leaves the flags that the app propagates alone', () => {
    const request = new TracedApp({ ratio: 0 }).serve();
    request.end();
    expect(request.span.spanContext().traceFlags).toBe(TraceFlags.NONE);
  });
});

describe('requests side by side', () => {
  it('are kept apart although they share one trace', async () => {
    const app = new TracedApp();
    const remote = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    });
    const [a, b] = [app.serve('/a', remote), app.serve('/b', remote)];
    for (let at = 0; at < 4; at++) app.query('SELECT * FROM t WHERE id = $1', a).end();
    app.query('SELECT * FROM t WHERE id = $1', b).end();
    b.end();
    a.end();

    const counts = (await app.entries()).map(({ attributes }) => [
      attributes['url.path'],
      attributes['profiler.query_count'],
    ]);
    expect(counts).toEqual([
      ['/b', 1],
      ['/a', 4],
    ]);
  });

  it('are one when a second SERVER span is opened inside the first, by context or by RPC metadata', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const metadata = setRPCMetadata(ROOT_CONTEXT, { type: RPCType.HTTP, span: request.span });
    const sibling = app.serve('/orders', metadata);
    app.query('SELECT * FROM t WHERE id = $1', sibling).end();
    const nested = app.serve('/orders', request.context);
    app.query('SELECT * FROM t WHERE id = $1', nested).end();
    nested.end();
    sibling.end();
    request.end();

    const [entry, ...more] = await app.entries();
    expect(more).toEqual([]);
    expect(entry?.attributes['profiler.query_count']).toBe(2);
    const folded = (await app.exported()).filter((span) => span.attributes['profiler.folded'] === true);
    expect(folded.filter(({ kind }) => kind === SpanKind.SERVER)).toHaveLength(2);
  });
});

describe('a child that ends after its entry span', () => {
  for (const ratio of [0, 1]) {
    it(`is exported with where it belongs when it is a query, sampled ${ratio}`, async () => {
      const app = new TracedApp({ ratio });
      const request = app.serve();
      const handler = app.start('handler', SpanKind.INTERNAL, request.context);
      const late = app.query("INSERT INTO audit VALUES ('secret')", handler);
      request.end();
      late.end();
      handler.end();

      const spans = await app.exported();
      const query = spans.find(({ kind }) => kind === SpanKind.CLIENT);
      expect(query?.attributes).toMatchObject({
        'profiler.entry_span_id': request.span.spanContext().spanId,
        'profiler.loop_path': 'handler',
        'db.query.text': 'INSERT INTO audit VALUES (?)',
      });
      expect(query?.attributes['profiler.folded']).toBeUndefined();
      expect((await app.entries())[0]?.attributes['profiler.query_count']).toBe(0);
      expect(spans.find(({ name }) => name === 'handler')?.attributes['profiler.folded']).toBe(
        ratio === 1 ? true : undefined,
      );
    });
  }

  it('is exported unsampled too when it brings an exception that the request has not reported', async () => {
    const app = new TracedApp({ ratio: 0 });
    const request = app.serve();
    const [known, fresh] = ['a', 'b'].map((name) => app.start(name, SpanKind.INTERNAL, request.context));
    const early = app.start('early', SpanKind.INTERNAL, request.context);
    early.span.recordException(new Error('known'));
    early.end();
    request.end();
    known?.span.recordException(new Error('known'));
    known?.end();
    fresh?.span.recordException(new Error('fresh'));
    fresh?.end();

    expect((await app.exported()).map(({ name }) => name)).toEqual(['GET', 'b']);
  });
});

describe('exceptions', () => {
  it('are reported once by the entry span, however often they were recorded, the deepest first', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const error = new TypeError('order 17 is gone');
    const [outer, inner] = [1, 2].map((at) => app.start(`layer ${at}`, SpanKind.INTERNAL, request.context));
    inner?.span.recordException('order 17 is gone');
    inner?.span.recordException(error);
    inner?.end();
    outer?.span.recordException(error);
    outer?.end();
    request.span.recordException(error);
    request.end();

    const [entry] = await app.entries();
    expect(entry?.attributes['profiler.exception.type']).toEqual(['', 'TypeError']);
    expect(entry?.attributes['profiler.exception.message']).toEqual(['order 17 is gone', 'order 17 is gone']);
    expect(entry?.attributes['profiler.exception.stacktrace']).toEqual([
      '',
      expect.stringContaining('profiler-span-processor.test.ts'),
    ]);
  });

  it('of a driver leave without the values they quote, also where the app recorded them again', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const message = 'invalid input syntax for type integer: "secret"';
    const driverError = Object.assign(new Error(message), { code: '22P02' });
    const handler = app.start('handler', SpanKind.INTERNAL, request.context);
    const query = app.query('SELECT $1::int', handler);
    query.span.recordException("PostgreSQL error of type 'error' occurred (code: 22P02)");
    query.span.setStatus({ code: SpanStatusCode.ERROR, message });
    query.end();
    handler.span.recordException(driverError);
    handler.span.setStatus({ code: SpanStatusCode.ERROR, message });
    handler.end();
    request.end();

    const [entry] = await app.entries();
    expect(entry?.attributes['profiler.exception.type']).toEqual(['22P02']);
    expect(entry?.attributes['profiler.exception.message']).toEqual(['invalid input syntax for type integer: ?']);
    expect(entry?.attributes['profiler.exception.stacktrace']).toEqual([expect.stringContaining('\n    at ')]);
    const all = (await app.exported()).map(({ attributes, events, status }) =>
      JSON.stringify({ attributes, events, status }),
    );
    expect(all.filter((text) => text.includes('secret'))).toEqual([]);
  });

  it('are at most 8, and what found no room is counted', async () => {
    const app = new TracedApp();
    const request = app.serve();
    for (const letter of 'abcdefghijkl') request.span.recordException(new Error(`failed at ${letter}`));
    request.end();
    const [entry] = await app.entries();
    expect(entry?.attributes['profiler.exception.type']).toHaveLength(8);
    expect(entry?.attributes['profiler.dropped_exceptions']).toBe(4);
  });
});

describe('what is not a request', () => {
  it('an ignored path is dropped with everything below it, late or not', async () => {
    const app = new TracedApp({ ignoredPaths: ['/admin'] });
    for (const path of ['/admin', '/admin/x', '/administer']) {
      const request = app.serve(path);
      const late = app.query('SELECT * FROM t', request);
      app.query('SELECT * FROM t', request).end();
      request.end();
      late.end();
    }
    expect((await app.exported()).map(({ attributes }) => attributes['url.path'] ?? 'query')).toEqual([
      'query',
      '/administer',
      'query',
    ]);
  });

  it('a background job is exported as it is when sampled, without the values in its queries', async () => {
    const app = new TracedApp();
    const job = app.start('job', SpanKind.INTERNAL, ROOT_CONTEXT);
    app.query("DELETE FROM sessions WHERE token = 'secret'", job).end();
    job.end();
    const [query, root] = await app.exported();
    expect(query?.attributes['db.query.text']).toBe('DELETE FROM sessions WHERE token = ?');
    expect(Object.keys(root?.attributes ?? {})).toEqual([]);
  });
});

/** A table name of letters only, which no normalising folds. */
function wordOf(number: number): string {
  return `t_${[...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;
}
