import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../collector/src/api/types.ts';
import { type CollectorProcess, startCollector } from '../support/collector-process.ts';
import { CONTENT_TYPES, encodeTraces, type ResourceSpans } from '../support/otlp.ts';
import { ProfiledApps } from './app-path.ts';
import { expectedLines, foundLines } from './expectation.ts';
import { otlpSpans } from './otlp-path.ts';
import { PATHS, type Path, type Scenario } from './scenario.ts';
import { planRequest } from './span-plan.ts';
import { Dice, type Shipment, shipmentOf, VARIANTS, type Variant } from './variants.ts';

const CLOCK = fileURLToPath(new URL('moved-clock.cjs', import.meta.url));
/** Bodies on their way at once. */
const SENDERS = 16;
/** Longer than a trace takes to be quiet and derived, by the collector's own clock; the rollups follow. */
const QUIET_MS = 3_000;
const SETTLE_MS_MAX = 45_000;
const POLL_MS = 500;
/** Requests began this long ago: none may seem to be of the future, however long it is. */
const STARTED_MS_AGO = 5 * 60_000;

/** Findings of a run, by path and variant. */
export type Found = ReadonlyMap<string, readonly Finding[]>;

export const environmentOf = (path: Path, variant: Variant): string => `${path}, ${variant}`;

/**
 * Sends all scenarios, by both paths and in all variants, to one collector; every scenario is a service, every path and variant an
 * environment, so that they share the waiting: a minute on the collector's clocks, which are moved by it, and one restart.
 */
export async function runScenarios(scenarios: readonly Scenario[], seed: number): Promise<Found> {
  const dice = new Dice(seed);
  const shipments: Record<Variant, Shipment[]> = Object.fromEntries(
    VARIANTS.map((variant) => [variant, [] as Shipment[]]),
  ) as Record<Variant, Shipment[]>;
  for (const path of PATHS) {
    for (const variant of VARIANTS) {
      const spans: ResourceSpans[] = [];
      for (const scenario of scenarios) spans.push(...(await spansOf(scenario, path, variant, dice)));
      shipments[variant].push(shipmentOf(variant, spans, dice));
    }
  }
  const parts = (part: keyof Shipment, ...variants: Variant[]) =>
    variants.flatMap((variant) => shipments[variant].flatMap((shipment) => shipment[part]));

  const dataDir = await mkdtemp(join(tmpdir(), 'profiler-scenarios-'));
  const flags = ['--port', String(await freePort())];
  const nodeArgs = ['--require', CLOCK];
  let collector = await startCollector({ dataDir, flags, nodeArgs });
  try {
    await sendAll(parts('first', ...VARIANTS), collector);
    // What is there is derived as if it were all.
    await settled(collector, scenarios, ['in order', 'shuffled', 'one a batch']);
    process.kill(collector.pid, 'SIGUSR2');
    await sendAll(parts('later', 'late by a minute'), collector);
    await collector.stop();
    collector = await startCollector({ dataDir, flags, nodeArgs, env: { MOVED_MS: '60000' } });
    await sendAll(parts('later', 'over a restart'), collector);
    await settled(collector, scenarios, VARIANTS);
    return await findings(collector);
  } finally {
    await collector.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function spansOf(scenario: Scenario, path: Path, variant: Variant, dice: Dice): Promise<ResourceSpans[]> {
  const environment = environmentOf(path, variant);
  const apps = new ProfiledApps();
  const spans: ResourceSpans[] = [];
  for (let run = 0; run < scenario.requests; run++) {
    const plans = planRequest(scenario, run);
    const startedAtMs = Date.now() - STARTED_MS_AGO;
    if (path === 'otlp') spans.push(...otlpSpans(plans, environment, startedAtMs));
    else apps.run(plans, startedAtMs, (ends) => (variant === 'shuffled' ? dice.shuffled(ends) : ends));
  }
  return path === 'otlp' ? spans : apps.exported(environment);
}

async function send(body: readonly ResourceSpans[], url: string): Promise<void> {
  const headers = { 'content-type': CONTENT_TYPES.protobuf };
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers,
    body: Buffer.from(encodeTraces(body, 'protobuf')),
  });
  const answer = await response.text();
  // An empty answer says that nothing was rejected.
  if (!response.ok || answer !== '') throw new Error(`${response.status} ${answer}`);
}

async function sendAll(bodies: readonly (readonly ResourceSpans[])[], { url }: CollectorProcess): Promise<void> {
  const waiting = [...bodies];
  const sender = async () => {
    for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) await send(body, url);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

/**
 * Waits until these variants show what is expected of them, and for a while more, in which what should not be found might be; or for
 * so long that it will not come. All minutes are computed together, so what finds nothing is settled with the rest.
 */
async function settled(collector: CollectorProcess, scenarios: readonly Scenario[], variants: readonly Variant[]) {
  const deadlineMs = Date.now() + SETTLE_MS_MAX;
  const isSettled = async () => {
    const found = await findings(collector);
    return PATHS.every((path) =>
      variants.every((variant) => {
        const all = found.get(environmentOf(path, variant))!;
        return scenarios.every(
          (scenario) => foundLines(all, scenario, path).join('\n') === expectedLines(scenario, path).join('\n'),
        );
      }),
    );
  };
  while (Date.now() < deadlineMs && !(await isSettled())) await pause(POLL_MS);
  await pause(QUIET_MS);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function findings(collector: CollectorProcess): Promise<Found> {
  const found = new Map<string, readonly Finding[]>();
  for (const path of PATHS) {
    for (const variant of VARIANTS) {
      const environment = environmentOf(path, variant);
      found.set(environment, await collector.list<Finding>('findings', { environment, limit: '1000' }));
    }
  }
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(address)));
    });
  });
}
