/**
 * `profiler doctor`: goes the way of a span, from the port to the findings, and says at each step whether it works and,
 * if not, what to do. What arrives is judged where the page Setup asks, too.
 */
import { randomBytes } from 'node:crypto';
import { appsOf, DOCTOR_SERVICE, judgeApps, judgeStorage } from '../api/judge-setup.ts';
import type { SetupCheck as Check, List, ServiceDiagnosis, Status, Trace } from '../api/types.ts';
import { CollectorClient } from './collector-client.ts';

export interface DoctorOptions {
  readonly url: string;
  readonly authToken?: string | undefined;
  /** What the environment sets as webhooks, comma-separated. */
  readonly webhookUrl: string | undefined;
}

const ROUND_TRIP_MS_MAX = 15_000;
const WEBHOOK_MS_MAX = 5_000;

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
  return [
    { name: 'collector', result: 'pass', message: `${status.version} answers at ${client.url}` },
    judgeStorage(status.storage),
    await roundTrip(client, status.settings.ignoredPaths),
    ...judgeApps(appsOf(services)),
    ...(await webhooks(options.webhookUrl)),
  ];
}

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
