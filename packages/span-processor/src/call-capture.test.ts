import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { context, SpanKind } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, rows, TracedApp } from './traced-app.fixture.ts';

const TEXT = 'SELECT * FROM lines WHERE order_id = $1';
const contextManager = new AsyncLocalStorageContextManager().enable();
beforeAll(() => context.setGlobalContextManager(contextManager));
afterAll(() => context.disable());

/** What the pg instrumentation does when the app calls `pool.query`. */
function poolQuery(app: TracedApp, under: Running, value: unknown = 1, ms = 1): void {
  context.with(under.context, () => app.processor.queryCalled(TEXT, 'postgresql', poolQuery));
  const query = app.query(TEXT, under);
  app.processor.queryValues(query.span, TEXT, [value]);
  query.end(ms);
}

function loadLines(app: TracedApp, under: Running, calls: number): void {
  for (let at = 0; at < calls; at++) poolQuery(app, under, at);
}

function lineOf(code: string): number {
  const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(code)) + 1;
}

describe('the call site of a statement', () => {
  it('is captured from the third call of a request on, at the line where the app calls', async () => {
    const app = new TracedApp();
    for (const calls of [2, 3]) {
      const request = app.serve();
      loadLines(app, request, calls);
      request.end();
    }
    const sites = (await app.entries()).map((entry) => rows(entry, 'call_site'));
    expect(sites[0]).toEqual([['']]);
    expect(sites[1]).toEqual([
      [expect.stringMatching(new RegExp(`call-capture\\.test\\.ts:${lineOf('poolQuery(app, under, at)')}:loadLines$`))],
    ]);
  });

  it('is captured when the calls are made side by side, before any of them has ended', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const queries = [1, 2, 3].map(() => {
      context.with(request.context, () => app.processor.queryCalled(TEXT, 'postgresql'));
      return app.query(TEXT, request);
    });
    for (const query of queries) query.end();
    request.end();
    expect(rows((await app.entries())[0], 'call_site')).toEqual([[expect.stringContaining('call-capture.test.ts:')]]);
  });

  it('is captured in a loop that opens a span for each turn', async () => {
    const app = new TracedApp();
    const request = app.serve();
    for (let at = 0; at < 10; at++) {
      const turn = app.start('turn', SpanKind.INTERNAL, request.context);
      poolQuery(app, turn);
      turn.end();
    }
    request.end();
    const [row] = rows((await app.entries())[0], 'loop_path', 'count', 'call_site');
    expect(row).toEqual(['turn', 10, expect.stringContaining('call-capture.test.ts:')]);
  });

  it('is captured where a span starts that has its statement from the start', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const mysqlQuery = () =>
      app.start('SELECT', SpanKind.CLIENT, request.context, { 'db.system.name': 'mysql', 'db.query.text': TEXT });
    for (let at = 0; at < 3; at++) mysqlQuery().end();
    request.end();
    const line = lineOf("app.start('SELECT'");
    expect(rows((await app.entries())[0], 'call_site')).toEqual([
      [expect.stringContaining(`test.ts:${line}:mysqlQuery`)],
    ]);
  });

  it('is that of an outgoing HTTP call, too', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const fetchPrice = (id: number) => {
      const attributes = { 'http.request.method': 'GET', 'url.full': `http://prices/v1/${id}` };
      return app.start('GET', SpanKind.CLIENT, request.context, attributes);
    };
    for (const id of [11, 12, 13]) fetchPrice(id).end();
    request.end();
    const line = lineOf("return app.start('GET'");
    expect(rows((await app.entries())[0], 'system', 'count', 'call_site')).toEqual([
      ['http', 3, expect.stringContaining(`test.ts:${line}:fetchPrice`)],
    ]);
  });

  it('is that of the ORM when an ORM and its driver have a span each, and the values are the driver’s', async () => {
    const app = new TracedApp();
    const request = app.serve();
    const findLines = () =>
      app.start('orm', SpanKind.CLIENT, request.context, { 'db.system.name': 'postgresql', 'db.query.text': TEXT });
    for (let at = 0; at < 5; at++) {
      const orm = findLines();
      poolQuery(app, orm, at);
      orm.end();
    }
    request.end();
    expect(rows((await app.entries())[0], 'count', 'call_site', 'distinct_values')).toEqual([
      [5, expect.stringContaining(`test.ts:${lineOf("app.start('orm'")}:findLines`), 5],
    ]);
  });

  it('is that of who awaits the result, when the driver is called with no frame of the app left', async () => {
    const app = new TracedApp();
    const request = app.serve();
    async function loadAll() {
      for (let at = 0; at < 3; at++) await app.builder(TEXT, request); // awaited here
    }
    await loadAll();
    request.end();
    expect(rows((await app.entries())[0], 'count', 'call_site')).toEqual([
      [3, expect.stringContaining(`test.ts:${lineOf('// awaited here')}:loadAll`)],
    ]);
  });

  it('of a query that was slow is captured at its next call', async () => {
    const app = new TracedApp({ slowQueryThresholdMs: 100 });
    for (const ms of [150, 1]) {
      const request = app.serve();
      poolQuery(app, request, 1, ms);
      request.end();
    }
    const sites = (await app.entries()).flatMap((entry) => rows(entry, 'call_site'));
    expect(sites).toEqual([[''], [expect.stringContaining('call-capture.test.ts:')]]);
  });
});

describe('distinct values', () => {
  it.each([
    ['different ones', [1, 2, 3], 3],
    ['always the same', [7, 7, 7], 1],
    ['a number and its text', [1, '1', 1], 1],
    ['null among them', [null, 0, ''], 3],
    ['an object that we will not look into', [1, { toPostgres: () => 'x' }, 2], -1],
  ])('%s', async (_, values, distinct) => {
    const app = new TracedApp();
    const request = app.serve();
    for (const value of values) poolQuery(app, request, value);
    request.end();
    expect(rows((await app.entries())[0], 'distinct_values')).toEqual([[distinct]]);
  });

  it.each([
    ['SELECT * FROM lines WHERE order_id = ', 3],
    ['SELECT * FROM lines WHERE order_id = ? -- ', -1],
    ['SELECT * FROM lines WHERE order_id = $1 -- ', -1],
    ['SELECT * FROM lines WHERE order_id = :id -- ', -1],
  ])('are known from the text, where a span starts with it and it has all of them: %s', async (text, distinct) => {
    const app = new TracedApp();
    const request = app.serve();
    for (const value of [1, 2, 3, 1]) {
      const attributes = { 'db.system.name': 'mysql', 'db.query.text': text + value };
      app.start('SELECT', SpanKind.CLIENT, request.context, attributes).end();
    }
    request.end();
    expect(rows((await app.entries())[0], 'count', 'distinct_values')).toEqual([[4, distinct]]);
  });

  it('is unknown when the driver does not show them', async () => {
    const app = new TracedApp();
    const request = app.serve();
    app.query(TEXT, request).end();
    request.end();
    expect(rows((await app.entries())[0], 'distinct_values')).toEqual([[-1]]);
  });

  it('is unknown beyond 2000 in one request', async () => {
    const app = new TracedApp();
    const request = app.serve();
    loadLines(app, request, 2_001);
    request.end();
    expect(rows((await app.entries())[0], 'distinct_values')).toEqual([[-1]]);
  });
});
