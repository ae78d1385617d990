/**
 * `profiler doctor`: goes the way of a span, from the port to the findings, and says at each step whether it works and,
 * if not, what to do. Warnings do not fail: an app may have no database.
 */
import { randomBytes } from 'node:crypto';
import type { List, ServiceDiagnosis, Status, Trace } from '../api/types.ts';
import { CollectorClient } from './collector-client.ts';
import { bytes, percent } from './format.ts';

export interface Check {
  readonly name: string;
  readonly result: 'pass' | 'warn' | 'fail';
  readonly message: string;
  /** What to do; absent when it passed. */
  readonly fix?: string;
}

export interface DoctorOptions {
  readonly url: string;
  readonly authToken?: string | undefined;
  /** What the environment sets as webhooks, comma-separated. */
  readonly webhookUrl: string | undefined;
}

const ROUND_TRIP_MS_MAX = 15_000;
const WEBHOOK_MS_MAX = 5_000;
const CLOCK_AHEAD_MS_MAX = 2_000;

export async function examine(options: DoctorOptions): Promise<Check[]> {
  const client = new CollectorClient(options);
  const status = await client.get<Status>('/status').catch((error: Error) => error);
  if (status instanceof Error) {
    const fix = 'start one with `profiler start`, or say where it is with --url';
    return [
      { name: 'collector', result: 'fail', message: status.message, fix },
      ...(await webhooks(options.webhookUrl)),
    ];
  }
  const { items: services } = await client.get<List<ServiceDiagnosis>>('/diagnosis', { since: '24h', limit: '1000' });
  const apps = services.filter(({ service }) => service !== DOCTOR_SERVICE);
  return [
    { name: 'collector', result: 'pass', message: `${status.version} answers at ${client.url}` },
    storage(status),
    await roundTrip(client, status.settings.ignoredPaths),
    requests(apps),
    // Nothing can be said of apps that never sent a span.
    ...(apps.length === 0 ? [] : [instrumented, routes, statements, versions, clock].map((check) => check(apps))),
    ...(await webhooks(options.webhookUrl)),
  ];
}

function storage({ storage: { ready, kind, diskBytes, spans } }: Status): Check {
  if (ready) return pass('storage', `${kind} ClickHouse answers: ${spans} spans, ${bytes(diskBytes)}`);
  const fix = kind === 'server' ? 'see whether the server of --clickhouse-url runs' : 'see the log of the collector';
  return { name: 'storage', result: 'fail', message: `${kind} ClickHouse does not answer`, fix };
}

const DOCTOR_SERVICE = 'profiler-doctor';

/**
 * Sends a span and reads it back. It is an internal one on an ignored path, with no parent: no request, no query, so
 * that no number of anybody's changes.
 */
async function roundTrip(client: CollectorClient, ignoredPaths: readonly string[]): Promise<Check> {
  const traceId = randomBytes(16).toString('hex');
  const startedAtMs = Date.now();
  const sent = await client.fetch('/v1/traces', {
    method: 'POST',
    body: JSON.stringify(doctorSpan(traceId, ignoredPaths, startedAtMs)),
  });
  if (!sent.ok) {
    const fix = 'the body says why; see also `profiler status`';
    const message = `POST /v1/traces was answered with ${sent.status}: ${(await sent.text()).slice(0, 200)}`;
    return { name: 'OTLP round trip', result: 'fail', message, fix };
  }
  while (Date.now() - startedAtMs < ROUND_TRIP_MS_MAX) {
    const read = await client.get<Trace>(`/traces/${traceId}`).catch(() => undefined);
    if (read !== undefined)
      return pass('OTLP round trip', `a span was readable ${Date.now() - startedAtMs} ms after it was sent`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const fix = 'see `profiler status` for a growing spool, and the log of the collector';
  return {
    name: 'OTLP round trip',
    result: 'fail',
    message: `a span was accepted, and not readable within ${ROUND_TRIP_MS_MAX / 1000} s`,
    fix,
  };
}

function doctorSpan(traceId: string, ignoredPaths: readonly string[], nowMs: number): object {
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: 'round trip',
    kind: 1,
    startTimeUnixNano: `${nowMs}000000`,
    endTimeUnixNano: `${nowMs}000000`,
    attributes: [attribute('url.path', ignoredPaths[0] ?? '/')],
  };
  const resource = { attributes: [attribute('service.name', DOCTOR_SERVICE)] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: DOCTOR_SERVICE }, spans: [span] }] }] };
}

function requests(apps: readonly ServiceDiagnosis[]): Check {
  const total = apps.reduce((sum, app) => sum + app.requests, 0);
  if (total > 0) return pass('requests', `${total} from ${names(apps.filter((app) => app.requests > 0))} in 24 h`);
  if (apps.length === 0) {
    const fix = 'start the app with `node --import @profiler/register app.js`, and send it a request';
    return { name: 'requests', result: 'warn', message: 'no span of any app in 24 h', fix };
  }
  const fix = 'instrument the HTTP server; only SERVER spans are requests';
  return { name: 'requests', result: 'warn', message: `${names(apps)} send spans, none of them a SERVER span`, fix };
}

function instrumented(apps: readonly ServiceDiagnosis[]): Check {
  const plain = apps.filter((app) => app.requests > 0 && !app.instrumented);
  if (plain.length === 0) return pass('instrumentation', 'every app counts its own queries');
  return {
    name: 'instrumentation',
    result: 'warn',
    message: `${names(plain)} send plain OpenTelemetry: found are N+1s, not the lines that make them`,
    fix: 'Node apps: start with `node --import @profiler/register app.js`; other languages: nothing to do',
  };
}

function routes(apps: readonly ServiceDiagnosis[]): Check {
  const lacking = apps.filter((app) => app.requestsWithoutRoute > 0);
  if (lacking.length === 0) return pass('routes', 'every request names its route');
  const shares = lacking.map(
    (app) => `${app.service} (${percent(app.requestsWithoutRoute / app.requests)} of its requests)`,
  );
  return {
    name: 'routes',
    result: 'warn',
    message: `no http.route from ${shares.join(', ')}: endpoints are guessed from paths`,
    fix: 'add the instrumentation of the web framework, which sets http.route',
  };
}

function statements(apps: readonly ServiceDiagnosis[]): Check {
  const lacking = apps.filter((app) => app.databaseSpans > 0 && app.databaseSpansWithStatement === 0);
  if (lacking.length === 0) return pass('statements', 'spans of databases carry their statements');
  return {
    name: 'statements',
    result: 'warn',
    message: `${names(lacking)} send spans of databases without db.query.text: no queries, no N+1`,
    fix: 'turn statements on in the instrumentation of the database driver; the collector stores them without values',
  };
}

function versions(apps: readonly ServiceDiagnosis[]): Check {
  const lacking = apps.filter((app) => app.requests > 0 && !app.versioned);
  if (lacking.length === 0) return pass('versions', 'every app names its service.version');
  return {
    name: 'versions',
    result: 'warn',
    message: `${names(lacking)} name no service.version: no deploy can be blamed for a regression`,
    fix: 'set OTEL_RESOURCE_ATTRIBUTES=service.version=..., or a version in package.json',
  };
}

function clock(apps: readonly ServiceDiagnosis[]): Check {
  const ahead = apps.filter((app) => app.clockAheadMs > CLOCK_AHEAD_MS_MAX);
  if (ahead.length === 0) return pass('clocks', 'no span ended before it came');
  const most = Math.max(...ahead.map((app) => app.clockAheadMs));
  return {
    name: 'clocks',
    result: 'warn',
    message: `spans of ${names(ahead)} end up to ${(most / 1000).toFixed(1)} s after they came`,
    fix: 'synchronise the clocks of the machines (NTP)',
  };
}

/** Whether a receiver answers at all; it is sent nothing, so its status does not matter. */
async function webhooks(urls: string | undefined): Promise<Check[]> {
  const set = (urls ?? '').split(',').map((url) => url.trim());
  return Promise.all(
    set
      .filter((url) => url !== '')
      .map(async (url): Promise<Check> => {
        const host = URL.canParse(url) ? new URL(url).host : undefined;
        const fix = 'correct PROFILER_WEBHOOK_URL';
        if (host === undefined)
          return { name: 'webhook', result: 'fail', message: 'PROFILER_WEBHOOK_URL holds no URL', fix };
        try {
          await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(WEBHOOK_MS_MAX) });
          return pass('webhook', `${host} answers`);
        } catch {
          return {
            name: 'webhook',
            result: 'fail',
            message: `${host} does not answer`,
            fix: `${fix}, or the way to it`,
          };
        }
      }),
  );
}

function pass(name: string, message: string): Check {
  return { name, result: 'pass', message };
}

function names(apps: readonly ServiceDiagnosis[]): string {
  return apps.map(({ service }) => service).join(', ');
}
