/**
 * Whether what arrives is what the pages need, and what to do where it is not: pure judgements over the figures of
 * {@link Status} and {@link ServiceDiagnosis}. `profiler doctor` and the page Setup say the same, because both ask here.
 * Warnings are no failures: an app may have no database.
 */
import type { ServiceDiagnosis, SetupCheck, Status } from './types.ts';

const CLOCK_AHEAD_MS_MAX = 2_000;
/** What `profiler doctor` sends itself as; no app. */
export const DOCTOR_SERVICE = 'profiler-doctor';

/** The services among them that are apps. */
export function appsOf(services: readonly ServiceDiagnosis[]): ServiceDiagnosis[] {
  return services.filter(({ service }) => service !== DOCTOR_SERVICE);
}

/** @param apps over the last 24 hours */
export function judgeApps(apps: readonly ServiceDiagnosis[]): SetupCheck[] {
  // Nothing can be said of apps that never sent a span.
  if (apps.length === 0) return [requests(apps)];
  return [requests, instrumented, routes, statements, versions, clock].map((check) => check(apps));
}

export function judgeStorage(storage: Pick<Status['storage'], 'ready' | 'kind' | 'diskBytes' | 'spans'>): SetupCheck {
  const { ready, kind, diskBytes, spans } = storage;
  if (ready) {
    return pass('storage', `${kind} ClickHouse answers: ${spans} spans, ${(diskBytes / 1e6).toFixed(1)} MB`);
  }
  const fix = kind === 'server' ? 'see whether the server of --clickhouse-url runs' : 'see the log of the collector';
  return { name: 'storage', result: 'fail', message: `${kind} ClickHouse does not answer`, fix };
}

function requests(apps: readonly ServiceDiagnosis[]): SetupCheck {
  const total = apps.reduce((sum, app) => sum + app.requests, 0);
  if (total > 0) return pass('requests', `${total} from ${names(apps.filter((app) => app.requests > 0))} in 24 h`);
  if (apps.length === 0) {
    const fix = 'start the app with `node --import @profiler/register app.js`, and send it a request';
    return { name: 'requests', result: 'warn', message: 'no span of any app in 24 h', fix };
  }
  const fix = 'instrument the HTTP server; only SERVER spans are requests';
  return { name: 'requests', result: 'warn', message: `${names(apps)} send spans, none of them a SERVER span`, fix };
}

function instrumented(apps: readonly ServiceDiagnosis[]): SetupCheck {
  const plain = apps.filter((app) => app.requests > 0 && !app.instrumented);
  if (plain.length === 0) return pass('instrumentation', 'every app counts its own queries');
  return {
    name: 'instrumentation',
    result: 'warn',
    message: `${names(plain)} send plain OpenTelemetry: found are N+1s, not the lines that make them`,
    fix: 'Node apps: start with `node --import @profiler/register app.js`; other languages: nothing to do',
  };
}

function routes(apps: readonly ServiceDiagnosis[]): SetupCheck {
  const lacking = apps.filter((app) => app.requestsWithoutRoute > 0);
  if (lacking.length === 0) return pass('routes', 'every request names its route');
  const shares = lacking.map(
    (app) => `${app.service} (${((app.requestsWithoutRoute / app.requests) * 100).toFixed(1)} % of its requests)`,
  );
  return {
    name: 'routes',
    result: 'warn',
    message: `no http.route from ${shares.join(', ')}: endpoints are guessed from paths`,
    fix: 'add the instrumentation of the web framework, which sets http.route',
  };
}

function statements(apps: readonly ServiceDiagnosis[]): SetupCheck {
  const lacking = apps.filter((app) => app.databaseSpans > 0 && app.databaseSpansWithStatement === 0);
  if (lacking.length === 0) return pass('statements', 'spans of databases carry their statements');
  return {
    name: 'statements',
    result: 'warn',
    message: `${names(lacking)} send spans of databases without db.query.text: no queries, no N+1`,
    fix: 'turn statements on in the instrumentation of the database driver; the collector stores them without values',
  };
}

function versions(apps: readonly ServiceDiagnosis[]): SetupCheck {
  const lacking = apps.filter((app) => app.requests > 0 && !app.versioned);
  if (lacking.length === 0) return pass('versions', 'every app names its service.version');
  return {
    name: 'versions',
    result: 'warn',
    message: `${names(lacking)} name no service.version: no deploy can be blamed for a regression`,
    fix: 'set OTEL_RESOURCE_ATTRIBUTES=service.version=..., or a version in package.json',
  };
}

function clock(apps: readonly ServiceDiagnosis[]): SetupCheck {
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

function pass(name: string, message: string): SetupCheck {
  return { name, result: 'pass', message };
}

function names(apps: readonly ServiceDiagnosis[]): string {
  return apps.map(({ service }) => service).join(', ');
}
