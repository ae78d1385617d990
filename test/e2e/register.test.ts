import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, get, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppOptions, AppProcess } from '../support/app-process.ts';
import { describeNeeding } from '../support/needs.ts';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { type ScratchProject, scratchProject } from '../support/packed.ts';
import { freePort, type Postgres, startPostgres } from '../support/postgres.ts';

const IMPORT = ['--import', '@profiler/register'];
const COMMIT = '3f2c1ab90d4e5f60718293a4b5c6d7e8f9012345';

let postgres: Postgres;
let project: ScratchProject;
let receiver: OtlpReceiver;
let endpoint: string;
const apps: AppProcess[] = [];

beforeAll(async () => {
  [postgres, project] = await Promise.all([
    startPostgres(),
    scratchProject({
      workspaces: ['packages/register'],
      packages: ['express', 'pg', 'fastify', 'hono', '@hono/node-server'],
    }),
  ]);
});
afterAll(async () => {
  await postgres?.stop();
  await project?.remove();
});
beforeEach(async () => {
  receiver = new OtlpReceiver();
  endpoint = await receiver.start();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.end('SIGKILL');
  await receiver.stop();
});

function start(file: string, { env, ...options }: Partial<AppOptions> = {}): AppProcess {
  const app = new AppProcess(file, {
    cwd: project.directory,
    nodeArgs: IMPORT,
    env: { DATABASE_URL: postgres.url, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
    ...options,
  });
  apps.push(app);
  return app;
}

/** Rows of the table on an entry span, each with the columns asked for. */
function rows(entry: ReceivedSpan, ...columns: string[]): unknown[][] {
  const arrays = columns.map((column) => (entry.attributes[`profiler.query.${column}`] ?? []) as unknown[]);
  return (arrays[0] ?? []).map((_, at) => arrays.map((array) => array[at]));
}

async function lineOf(file: string, code: string): Promise<number> {
  const lines = (await readFile(join(project.directory, file), 'utf8')).split('\n');
  return lines.findIndex((line) => line.includes(code)) + 1;
}

/** What every kind of app and every Node line must show of a request with an N+1, and of one that fails. */
function describeApps(command?: readonly [string, ...string[]]): void {
  const onNode = command === undefined ? {} : { command };

  it.each([
    ['express-esm.mjs', IMPORT, 'orders.mjs', ':ordersWithLines'],
    ['express-cjs.cjs', IMPORT, 'express-cjs.cjs', ':'],
    ['express-cjs.cjs', ['--require', '@profiler/register'], 'express-cjs.cjs', ':'],
    ['fastify.mjs', IMPORT, 'orders.mjs', ':ordersWithLines'],
    ['hono.mjs', IMPORT, 'orders.mjs', ':ordersWithLines'],
    ['hono.mjs', ['--require', '@profiler/register'], 'orders.mjs', ':ordersWithLines'],
  ])('%s with %s tells its requests, queries, N+1 and exceptions', async (file, nodeArgs, source, functionName) => {
    const app = start(file, { ...onNode, nodeArgs });
    const url = await app.listening();
    await fetch(`${url}/orders`);
    await fetch(`${url}/broken`);

    const orders = await receiver.entry('/orders');
    expect(orders.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/orders',
      'http.response.status_code': 200,
      'profiler.version': '0.1.0',
      'profiler.sampled': true,
      'profiler.query_count': 6,
    });
    const callSite = `${source}:${await lineOf(source, '// N+1')}${functionName}`;
    expect(rows(orders, 'text', 'system', 'count', 'call_site', 'distinct_values')[0]).toEqual([
      'SELECT product FROM lines WHERE order_id = ?',
      'postgresql',
      5,
      callSite,
      5,
    ]);

    const broken = await receiver.entry('/broken');
    expect(broken.attributes).toMatchObject({
      'http.route': '/broken',
      'http.response.status_code': 500,
      'profiler.exception.type': ['TypeError'],
      'profiler.exception.message': ['cannot read the price of product 17'],
    });
    expect(String(broken.attributes['profiler.exception.stacktrace'])).toContain(file);

    // One span for each operation: nothing is instrumented twice.
    await app.end();
    const inOrders = receiver.spans.filter(({ traceId }) => traceId === orders.traceId);
    expect(inOrders.filter(({ kind }) => kind === 2)).toHaveLength(1);
    expect(inOrders.filter(({ kind }) => kind === 3)).toHaveLength(6);
    expect(inOrders.filter(({ kind }) => kind === 3).every(({ attributes }) => attributes['profiler.folded'])).toBe(
      true,
    );
    expect(app.stderr).toBe('');
  });
}

/** A program on the command line has no file, and makes Node look for its own modules in another way. */
function describeEval(command?: readonly [string, ...string[]]): void {
  it.each([IMPORT, ['--require', '@profiler/register']])(
    'a program on the command line runs with %s %s',
    async (...nodeArgs) => {
      const app = start('console.log("ran")', { ...(command && { command }), nodeArgs: [...nodeArgs, '--eval'] });
      expect(await app.ended()).toMatchObject({ code: 0 });
      expect({ stdout: app.stdout, stderr: app.stderr }).toEqual({ stdout: 'ran\n', stderr: '' });
    },
  );
}

describe('an app started with @profiler/register', () => {
  describeApps();
  describeEval();

  it('has the name, version and commit of its package.json, unless the environment says otherwise', async () => {
    await writeFile(join(project.directory, '.git'), 'gitdir: .git-data\n');
    execFileSync('mkdir', ['-p', '.git-data'], { cwd: project.directory });
    await writeFile(join(project.directory, '.git-data/HEAD'), `${COMMIT}\n`);
    for (const name of [undefined, 'renamed']) {
      const env = name === undefined ? {} : { OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: 'service.version=9' };
      const app = start('express-esm.mjs', { env });
      await fetch(`${await app.listening()}/orders/1`);
      await app.end();
    }
    const resources = receiver.spans.filter(({ kind }) => kind === 2).map(({ resource }) => resource);
    expect(resources).toEqual([
      expect.objectContaining({ 'service.name': 'scratch-shop', 'service.version': '1.2.3+3f2c1ab' }),
      expect.objectContaining({ 'service.name': 'renamed', 'service.version': '9' }),
    ]);
  });

  it('gives each query to its own request when they wait for the same few clients', async () => {
    const url = await start('express-esm.mjs').listening();
    await Promise.all(Array.from({ length: 12 }, () => fetch(`${url}/orders/side-by-side`)));
    await expect.poll(() => receiver.spans.filter(({ kind }) => kind === 2).length, { timeout: 10_000 }).toBe(12);
    const entries = receiver.spans.filter(({ kind }) => kind === 2);
    expect(entries.map(({ attributes }) => attributes['profiler.query_count'])).toEqual(Array(12).fill(6));
    expect(entries.map((entry) => rows(entry, 'count')[0])).toEqual(Array(12).fill([5]));
  });

  it('sends no value of a query, neither in its text nor in the message of its driver', async () => {
    const app = start('express-esm.mjs');
    const url = await app.listening();
    await fetch(`${url}/refused`);
    await app.end();
    const refused = await receiver.entry('/refused');
    expect(refused.attributes['profiler.exception.type']).toEqual(['22P02']);
    expect(refused.attributes['profiler.exception.message']).toEqual(['invalid input syntax for type integer: ?']);
    expect(JSON.stringify(receiver.spans)).not.toContain('secret-value');
  });

  it('says that a client went away', async () => {
    const url = await start('express-esm.mjs').listening();
    await new Promise<void>((resolve) => {
      const request = get(`${url}/hanging`);
      request.on('error', () => resolve());
      setTimeout(() => request.destroy(), 100);
    });
    expect((await receiver.entry('/hanging')).attributes['profiler.aborted']).toBe(true);
    await fetch(`${url}/orders/1`);
    expect((await receiver.entry('/orders/1')).attributes['profiler.aborted']).toBeUndefined();
  });

  it('counts everything and sends the children of none at a ratio of 0, but a query that came late', async () => {
    const app = start('express-esm.mjs', {
      env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
    });
    const url = await app.listening();
    await fetch(`${url}/orders`);
    await fetch(`${url}/late`);
    const late = await receiver.spanWhere(({ attributes }) => attributes['profiler.entry_span_id'] !== undefined);
    await app.end();

    const entries = receiver.spans.filter(({ kind }) => kind === 2);
    expect(entries.map(({ attributes }) => attributes['profiler.query_count'])).toEqual([6, 0]);
    expect(late.attributes['profiler.entry_span_id']).toBe(entries[1]?.spanId);
    expect(receiver.spans).toHaveLength(3);
  });

  it('neither sends nor counts what lies under an ignored path', async () => {
    const app = start('express-esm.mjs');
    const url = await app.listening();
    await fetch(`${url}/admin/orders`);
    await fetch(`${url}/orders/1`);
    await app.end();
    const { traceId } = await receiver.entry('/orders/1');
    const inRequests = receiver.spans.filter(({ parentSpanId, kind }) => parentSpanId !== '' || kind === 2);
    expect(new Set(inRequests.map((span) => span.traceId))).toEqual(new Set([traceId]));
  });

  it('sends JSON, gzip and headers as OTEL_EXPORTER_OTLP_* say', async () => {
    const app = start('express-esm.mjs', {
      env: {
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
      },
    });
    await fetch(`${await app.listening()}/orders`);
    await app.end();
    expect(rows(await receiver.entry('/orders'), 'count')).toEqual([[5], [1]]);
    expect(receiver.headers[0]).toMatchObject({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: 'Bearer abc',
    });
  });
});

describeNeeding('node 24 (npm registry)', 'on Node 24', () => {
  const found = { path: '' };
  try {
    found.path = execFileSync('npx', ['-y', 'node@24', '-p', 'process.execPath'], { encoding: 'utf8' }).trim();
  } catch {
    // Told by describeNeeding.
  }
  describeApps([found.path]);
  describeEval([found.path]);
});

describe('what register leaves alone', () => {
  it.each([
    ['ends by the signal', {}, { code: null, signal: 'SIGTERM' }],
    ['ends as its own handler decides', { OWN_SIGTERM_HANDLER: '1' }, { code: 7, signal: null }],
  ])('on SIGTERM the app %s, with and without us', async (_, env, expected) => {
    for (const nodeArgs of [[], IMPORT]) {
      const app = start('express-esm.mjs', { env, nodeArgs });
      await fetch(`${await app.listening()}/orders`);
      const { code, signal, tookMs } = await app.end('SIGTERM');
      expect({ code, signal }).toEqual(expected);
      expect(tookMs).toBeLessThan(2_000);
      expect(app.stderr).toBe('');
    }
    if (!('OWN_SIGTERM_HANDLER' in env)) await receiver.entry('/orders');
  });

  it('the last spans are sent when an app ends by itself, and its exit code stays', async () => {
    const app = start('brief.mjs');
    expect(await app.ended()).toMatchObject({ code: 3, signal: null });
    expect(receiver.spans.map(({ kind }) => kind)).toEqual([3]);
  });

  describe.each(['refuses', 'never answers'])('with a collector that %s', (how) => {
    let silent: ReturnType<typeof createTcpServer> | undefined;
    let nowhere: string;
    beforeEach(async () => {
      if (how === 'refuses') {
        nowhere = `http://127.0.0.1:${await freePort()}`;
        return;
      }
      silent = createTcpServer(() => {});
      await new Promise<void>((resolve) => silent?.listen(0, '127.0.0.1', resolve));
      nowhere = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    });
    afterEach(() => silent?.close());

    it('SIGTERM ends the app within 2 s', async () => {
      const app = start('express-esm.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: nowhere } });
      const url = await app.listening();
      for (let at = 0; at < 5; at++) await fetch(`${url}/orders`);
      const end = await app.end();
      expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(end.tookMs).toBeLessThan(2_000);
      expect(app.stderr.match(/\n/g) ?? []).toHaveLength(1);
      expect(app.stderr).toContain(nowhere);
    });

    it('an app that has nothing left to do ends, with its own exit code', async () => {
      const app = start('brief.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: nowhere } });
      await expect.poll(() => app.stdout, { timeout: 30_000, interval: 10 }).toContain('done');
      const doneAtMs = Date.now();
      expect(await app.ended()).toMatchObject({ code: 3, signal: null });
      expect(Date.now() - doneAtMs).toBeLessThan(2_000);
      expect(app.stderr.match(/\n/g) ?? []).toHaveLength(1);
    });
  });

  it('an outage of the collector is told in one line', async () => {
    const app = start('express-esm.mjs', {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`, OTEL_EXPORTER_OTLP_TIMEOUT: '200' },
    });
    const url = await app.listening();
    for (let at = 0; at < 4; at++) {
      await fetch(`${url}/orders/1`);
      await new Promise((resolve) => setTimeout(resolve, 1_200));
    }
    await app.end();
    expect(app.stderr).toMatch(
      /^\[profiler\] spans cannot be delivered to \S+ \(ECONNREFUSED.*\) and are dropped .*\n$/,
    );
  });

  it('a wrong setting is one line, which names every mistake, and the app runs', async () => {
    const app = start('express-esm.mjs', {
      env: { PROFILER_N_PLUS_ONE_THRESHOLD: 'many', PROFILER_IGNORED_PATHS: 'admin' },
    });
    const response = await fetch(`${await app.listening()}/orders/1`);
    expect(await response.json()).toMatchObject({ id: 1 });
    await app.end();
    expect(app.stderr).toMatch(/^\[profiler\] .*PROFILER_IGNORED_PATHS.*PROFILER_N_PLUS_ONE_THRESHOLD.*\n$/);
    expect(receiver.spans).toEqual([]);
  });

  it('OTEL_SDK_DISABLED turns it off without a word', async () => {
    const app = start('brief.mjs', { env: { OTEL_SDK_DISABLED: 'true' } });
    expect(await app.ended()).toMatchObject({ code: 3 });
    expect(app.stderr).toBe('');
    expect(receiver.spans).toEqual([]);
  });

  it('a second start is one line, and counts nothing twice', async () => {
    const app = start('express-esm.mjs', { nodeArgs: ['--require', '@profiler/register', ...IMPORT] });
    await fetch(`${await app.listening()}/orders`);
    await app.end();
    expect(app.stderr).toMatch(/^\[profiler\] already started .*\n$/);
    expect((await receiver.entry('/orders')).attributes['profiler.query_count']).toBe(6);
  });

  it('another SDK that was there first is left alone, in one line', async () => {
    await writeFile(
      join(project.directory, 'other-sdk.cjs'),
      `globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.9.1', trace: { getTracer() {} } };`,
    );
    const app = start('brief.mjs', { nodeArgs: ['--require', './other-sdk.cjs', ...IMPORT] });
    expect(await app.ended()).toMatchObject({ code: 3 });
    expect(app.stderr).toMatch(/^\[profiler\] not started: another OpenTelemetry SDK .*\n$/);
  });

  it('worker threads are not instrumented again', async () => {
    await writeFile(
      join(project.directory, 'with-worker.mjs'),
      `import { Worker } from 'node:worker_threads';
       new Worker('require("node:worker_threads").parentPort.postMessage(Object.hasOwn(globalThis, Symbol.for("profiler.register")))', { eval: true })
         .on('message', (registered) => console.log('worker registered:', registered));`,
    );
    const app = start('with-worker.mjs');
    expect(await app.ended()).toMatchObject({ code: 0 });
    expect(app.stdout).toContain('worker registered: false');
    expect(app.stderr).toBe('');
  });

  it('a package manager that NODE_OPTIONS reaches is not profiled', async () => {
    const npm = execFileSync('npm', ['exec', '-c', 'echo "$npm_execpath"'], { encoding: 'utf8' }).trim();
    const app = start(npm, {
      nodeArgs: [...IMPORT],
      env: { npm_config_loglevel: 'silent' },
    });
    await app.ended();
    expect(app.stderr).toBe('');
    expect(receiver.spans).toEqual([]);
  });
});

describe('the trace goes on', () => {
  let upstream: Server;
  const seen: string[] = [];
  beforeEach(async () => {
    upstream = createServer((request, response) => {
      seen.push(String(request.headers.traceparent));
      response.end();
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => upstream.close());

  it('from the caller through fetch and http to the services that an app calls, with the sampling of the caller', async () => {
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    await writeFile(
      join(project.directory, 'calling.mjs'),
      `import http from 'node:http';
       import { listening } from './lifecycle.mjs';
       const server = http.createServer(async (_, response) => {
         await fetch('${url}');
         http.get('${url}', (answer) => answer.resume().on('end', () => response.end()));
       }).listen(0, '127.0.0.1', () => listening(server));`,
    );
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const app = start('calling.mjs');
    const traceparent = `00-${traceId}-b7ad6b7169203331-00`;
    await fetch(await app.listening(), { headers: { traceparent } });
    await app.end();
    expect(seen.map((header) => header.replace(/-[0-9a-f]{16}-/, '-span-'))).toEqual(
      Array(2).fill(`00-${traceId}-span-00`),
    );
    const [entry, ...more] = receiver.spans;
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      traceId,
      parentSpanId: 'b7ad6b7169203331',
      attributes: { 'profiler.sampled': false },
    });
  });
});
