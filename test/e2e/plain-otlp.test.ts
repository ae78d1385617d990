// The same app is seen the same, whoever counts its queries: our span processor, at any sampling rate, or the collector,
// from spans of a plain SDK, in whatever encoding, batches and order they come.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExceptionGroup, Finding, Query, Request } from '../../collector/src/api/types.ts';
import { AppProcess } from '../support/app-process.ts';
import { type CollectorProcess, eventually, startCollector } from '../support/collector-process.ts';
import { describeNeeding } from '../support/needs.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

const TEST = fileURLToPath(new URL('..', import.meta.url));
const APP = join(TEST, 'apps', 'express-esm.mjs');
const PLAIN = ['--import', join(TEST, 'apps', 'plain-opentelemetry.mjs')];
const OURS = ['--import', '@profiler/register'];
const ROUNDS = 4;
/** Of one round; `/admin/orders` is ignored. */
const PATHS = [
  '/orders',
  '/orders/side-by-side',
  '/orders/7',
  '/refused',
  '/broken',
  '/late',
  '/admin/orders',
  '/missing',
];
const PROFILED = ROUNDS * (PATHS.length - 1);
/** Queries of a profiled round: 1 + 5, 1 + 5, 1, 1 that fails, and 1 that ends after its response. */
const QUERIES_PER_ROUND = 15;
/** Longer than spans wait in any exporter, and a trace until it is quiet. */
const SETTLE_MS_MAX = 40_000;

interface OtlpJson {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { scope: object; spans: { traceId: string; [name: string]: unknown }[] }[];
  }[];
}

/** What must not depend on who counted. Durations differ from run to run; a driver's message loses its values in our app. */
interface Picture {
  readonly requests: Record<string, object>;
  readonly queries: Record<string, object>;
  readonly findings: Record<string, object>;
  readonly exceptions: Record<string, object>;
}

let collector: CollectorProcess;
let postgres: Postgres;

beforeAll(async () => {
  [collector, postgres] = await Promise.all([startCollector(), startPostgres()]);
});
afterAll(async () => {
  await Promise.all([collector?.stop(), postgres?.stop()]);
});

/** Runs the app for a few rounds; its spans carry `environment`, by which its rows are told apart. */
async function runApp(
  nodeArgs: readonly string[],
  environment: string,
  env: Record<string, string> = {},
): Promise<void> {
  const app = new AppProcess(APP, {
    cwd: TEST,
    nodeArgs,
    env: {
      DATABASE_URL: postgres.url,
      OTEL_SERVICE_NAME: 'orders',
      OTEL_RESOURCE_ATTRIBUTES: `service.version=1.2.3,deployment.environment.name=${environment}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '300',
      OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database',
      ...env,
    },
  });
  try {
    const url = await app.listening();
    for (let round = 0; round < ROUNDS; round++) {
      for (const path of PATHS) await (await fetch(url + path)).arrayBuffer();
    }
    // The query that ends after its response, and what the exporter still holds.
    await new Promise((resolve) => setTimeout(resolve, 1500));
  } finally {
    await app.end();
  }
}

async function picture(environment: string): Promise<Picture> {
  const query = { environment, limit: '1000' };
  const complete = (requests: Request[]) => requests.length >= PROFILED && sum(requests) >= ROUNDS * QUERIES_PER_ROUND;
  const requests = await eventually(() => collector.list<Request>('requests', query), complete, SETTLE_MS_MAX);
  // The rollups of the minute follow.
  const settled = (queries: Query[]) =>
    queries.reduce((calls, row) => calls + row.calls, 0) >= ROUNDS * QUERIES_PER_ROUND;
  const queries = await eventually(() => collector.list<Query>('queries', query), settled, SETTLE_MS_MAX);
  // More than there were would come now.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const [findings, exceptions, all] = await Promise.all([
    collector.list<Finding>('findings', query),
    collector.list<ExceptionGroup>('exceptions', query),
    collector.list<Request>('requests', query),
  ]);
  expect(all.length).toBe(requests.length);
  return {
    requests: byKey(
      all,
      (row) => row.path,
      ({ method, route, statusCode, error, queryCount, nPlusOne, exceptionType, version }) => ({
        method,
        route,
        statusCode,
        error,
        queryCount,
        nPlusOne,
        exceptionType,
        version,
      }),
    ),
    queries: byKey(
      queries,
      (row) => row.fingerprint,
      ({ text, system, calls, callsPerRequest, endpoints }) => ({
        text,
        system,
        calls,
        callsPerRequest,
        endpoints: endpoints.sort(),
      }),
    ),
    findings: byKey(
      findings.filter(({ type }) => type === 'n_plus_one'),
      (row) => row.key,
      ({ endpoint, fingerprint, query: text, loopPath, occurrences, repeatsP50, repeatsMax, firstVersion, state }) => ({
        endpoint,
        fingerprint,
        text,
        loopPath,
        occurrences,
        repeatsP50,
        repeatsMax,
        firstVersion,
        state,
      }),
    ),
    exceptions: byKey(
      exceptions,
      (row) => row.key,
      ({ type, endpoint, count }) => ({ type, endpoint, count }),
    ),
  };
}

function sum(requests: readonly Request[]): number {
  return requests.reduce((queries, row) => queries + row.queryCount, 0);
}

/** Rows that look the same are counted, so that one request more is a difference. */
function byKey<Row>(
  rows: readonly Row[],
  key: (row: Row) => string,
  facts: (row: Row) => object,
): Record<string, object> {
  const groups: Record<string, Record<string, number>> = {};
  for (const row of rows) {
    groups[key(row)] ??= {};
    const group = groups[key(row)]!;
    const text = JSON.stringify(facts(row));
    group[text] = (group[text] ?? 0) + 1;
  }
  return groups;
}

/** What is exported as OTLP/JSON, kept as it came. */
class Capture {
  readonly documents: OtlpJson[] = [];
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      this.documents.push(JSON.parse(body.toString()));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The same spans as traces and in an environment of their own. */
  documentsAs(environment: string): OtlpJson[] {
    return this.documents.map((document) => ({
      resourceSpans: document.resourceSpans.map(({ resource, scopeSpans }) => ({
        resource: {
          attributes: resource.attributes.map((attribute) =>
            attribute.key === 'deployment.environment.name'
              ? { key: attribute.key, value: { stringValue: environment } }
              : attribute,
          ),
        },
        scopeSpans: scopeSpans.map(({ scope, spans }) => ({
          scope,
          spans: spans.map((span) => ({
            ...span,
            traceId: createHash('sha256')
              .update(environment + span.traceId)
              .digest('hex')
              .slice(0, 32),
          })),
        })),
      })),
    }));
  }
}

async function post(document: OtlpJson): Promise<void> {
  const response = await fetch(`${collector.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });
  expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: {} });
}

/** One document a span, the last first. */
function singly(documents: readonly OtlpJson[]): OtlpJson[] {
  const single = documents.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) =>
        spans.map((span) => ({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] })),
      ),
    ),
  );
  return single.reverse();
}

describe('an app with PostgreSQL', () => {
  let expected: Picture;

  beforeAll(async () => {
    await runApp(OURS, 'ours');
    expected = await picture('ours');
  });

  it('is profiled by our span processor', () => {
    const facts = Object.values(expected.requests).flatMap((group) =>
      Object.keys(group).map((text) => JSON.parse(text)),
    );
    expect(Object.values(expected.requests).map((group) => Object.values(group))).toEqual(
      Array.from({ length: PATHS.length - 1 }, () => [ROUNDS]),
    );
    expect(Object.fromEntries(facts.map(({ route, queryCount, nPlusOne }) => [route, [queryCount, nPlusOne]]))).toEqual(
      {
        '/orders': [6, true],
        '/orders/side-by-side': [6, true],
        '/orders/:id': [1, false],
        '/refused': [1, false],
        '/broken': [0, false],
        '/late': [1, false],
        unmatched: [0, false],
      },
    );
    const findings = Object.values(expected.findings).flatMap((group) =>
      Object.keys(group).map((text) => JSON.parse(text)),
    );
    expect(findings.map(({ endpoint, repeatsMax, occurrences }) => [endpoint, repeatsMax, occurrences]).sort()).toEqual(
      [
        ['GET /orders', 5, ROUNDS],
        ['GET /orders/side-by-side', 5, ROUNDS],
      ],
    );
    expect(Object.keys(expected.exceptions)).toHaveLength(2);
  });

  it.each(['0', '0.3', '1'])(
    'has no query counted twice or lost with our span processor at sampling %s',
    async (ratio) => {
      const environment = `sampled-${ratio}`;
      await runApp(OURS, environment, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: ratio });
      expect(await picture(environment)).toEqual(expected);
    },
  );

  it('looks the same on a plain SDK', async () => {
    await runApp(PLAIN, 'plain');
    expect(await picture('plain')).toEqual(expected);
  });

  describe('whose spans of a plain SDK come as OTLP/JSON', () => {
    const capture = new Capture();

    beforeAll(async () => {
      const endpoint = await capture.start();
      await runApp(PLAIN, 'captured', {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      });
      await capture.stop();
    });

    it('looks the same', async () => {
      for (const document of capture.documentsAs('json')) await post(document);
      expect(await picture('json')).toEqual(expected);
    });

    it('looks the same in single spans, the last first', async () => {
      const documents = singly(capture.documentsAs('reversed'));
      expect(documents.length).toBeGreaterThan(ROUNDS * QUERIES_PER_ROUND);
      for (const document of documents) await post(document);
      expect(await picture('reversed')).toEqual(expected);
    });
  });
});

describeNeeding('python3', 'a Flask app with sqlite3 on the SDK for Python', () => {
  let directory: string;
  const run = promisify(execFile);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'profiler-flask-'));
    await run('python3', ['-m', 'venv', join(directory, 'venv')]);
    await run(join(directory, 'venv', 'bin', 'pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      join(TEST, 'apps', 'flask', 'requirements.txt'),
    ]);
  }, 300_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('gets its N+1 found', async () => {
    const app = new AppProcess(join(TEST, 'apps', 'flask', 'orders.py'), {
      cwd: directory,
      command: [join(directory, 'venv', 'bin', 'python')],
      env: {
        DATABASE: join(directory, 'orders.sqlite'),
        OTEL_SERVICE_NAME: 'flask-orders',
        OTEL_RESOURCE_ATTRIBUTES: 'service.version=3.4.5',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '300',
      },
    });
    try {
      const url = await app.listening();
      for (const path of ['/orders', '/orders', '/orders/3']) expect((await fetch(url + path)).status).toBe(200);
      const ofApp = { service: 'flask-orders' };
      const [finding, ...others] = await eventually(
        () => collector.list<Finding>('findings', ofApp),
        ([first]) => first?.occurrences === 2,
        SETTLE_MS_MAX,
      );
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        type: 'n_plus_one',
        endpoint: 'GET /orders',
        query: 'SELECT product FROM lines WHERE order_id = ?',
        repeatsP50: 7,
        repeatsMax: 7,
        firstVersion: '3.4.5',
        // Its values are in its statements, and of those nothing is kept, not even a hash.
        distinctValues: null,
      });
      const requests = await collector.list<Request>('requests', ofApp);
      expect(requests.map(({ route, queryCount, nPlusOne }) => [route, queryCount, nPlusOne]).sort()).toEqual([
        ['/orders', 8, true],
        ['/orders', 8, true],
        ['/orders/<int:number>', 1, false],
      ]);
    } finally {
      await app.end('SIGKILL');
    }
  });
});
