import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, type PortChoice, startCollectorProcess } from './collector-process.ts';
import { DemoError } from './demo-error.ts';
import { nextDeployAtMs } from './deploy-time.ts';
import { type Discoveries, discover, isComplete, missing, newOnes, nothing } from './discoveries.ts';
import { discoveryText } from './discovery-text.ts';
import { startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import { resolveRequirements } from './requirements.ts';
import { readManifest, type Shop, seedShop, startShop } from './shop.ts';
import { startTraffic } from './traffic.ts';
import { waitMs } from './wait.ts';

export interface DemoOptions {
  /** Ends as soon as an N+1, a slow query, an exception and a regression were found. @default false */
  readonly once?: boolean;
  /** JSON in place of text: one document with `once`, else a line for each finding. @default false */
  readonly json?: boolean;
  /** Another shop: a directory with what `collector/demo/shop` has. @default the shop that comes with Profiler */
  readonly shopDir?: string | undefined;
  /** Port of the collector; 0 picks a free one. @default 4318, and a free one when that is taken or with `once` */
  readonly port?: number | undefined;
  /** Ends the demo; everything it started is stopped before the promise settles. */
  readonly signal: AbortSignal;
  /** Takes what was found. */
  readonly write: (text: string) => void;
  /** Takes what is going on meanwhile. */
  readonly progress: Progress;
}

/** With `once`, all four are found within two windows of a minute; past this something is broken, in milliseconds. */
const ONCE_MS_MAX = 230_000;
/** The next version starts this long before traffic moves over to it, in milliseconds. */
const START_AHEAD_MS = 5_000;
const POLL_INTERVAL_MS = 1_000;

/**
 * Runs a shop with PostgreSQL, traffic and a deploy against a collector of its own, and says what the collector found, in
 * the words of its API. Resolves once everything is found (`once`) or when `signal` aborts; throws {@link DemoError}.
 */
export async function runDemo(options: DemoOptions): Promise<Discoveries> {
  const { progress } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const requirements = resolveRequirements(options.shopDir);
  const manifest = readManifest(requirements.shopDir);
  const directory = await mkdtemp(join(tmpdir(), 'profiler-demo-'));
  const stops: (() => Promise<void> | void)[] = [() => rm(directory, { recursive: true, force: true, maxRetries: 5 })];
  const started = <Part extends { stop(): Promise<void> | void }>(part: Part): Part => {
    stops.push(() => part.stop());
    return part;
  };

  try {
    progress.say('starting the collector and PostgreSQL');
    const [collector, postgres] = await allOf(
      startCollectorProcess({ dataDir: join(directory, 'profiler'), ...portsOf(options), signal }).then(started),
      startPostgres({ requirements, directory, signal }).then(started),
    );
    const environment = { ...requirements, databaseUrl: postgres.url, otlpUrl: collector.url };
    await seedShop(environment, signal);
    const shop = started(await startShop(environment, manifest.version, signal));
    const traffic = started(startTraffic(requirements.shopDir, shop.url));
    progress.say(`dashboard: ${collector.url}   traffic: ${shop.url} (${manifest.name} ${shop.version})`);

    progress.say(
      `Grafana: ClickHouse data source at ${collector.clickhouseUrl}, protocol HTTP, database profiler, no password`,
    );

    const found = reported({ ...options, signal, shopDir: requirements.shopDir }, collector);
    const deploy = async (): Promise<Shop> => {
      const atMs = nextDeployAtMs(Date.now());
      progress.say(`${manifest.nextVersion} goes live at ${new Date(atMs).toISOString().slice(11, 19)} UTC`);
      await waitMs(atMs - START_AHEAD_MS - Date.now(), signal);
      const next = started(await startShop(environment, manifest.nextVersion, signal));
      await waitMs(atMs - Date.now(), signal);
      traffic.moveTo(next.url);
      await shop.stop();
      progress.say(`${manifest.name} ${next.version} is live`);
      return next;
    };
    const [discoveries] = await Promise.all([found, deploy()]);
    return discoveries;
  } catch (error) {
    failed.abort();
    if (!options.signal.aborted) throw error;
    if (options.once) throw new DemoError('interrupted');
    return nothing();
  } finally {
    progress.end();
    for (const stop of stops.reverse()) await stop();
  }
}

/** Asks the collector what it found until all is found, or for ever; writes each finding once, as it comes. */
async function reported(
  options: DemoOptions & { readonly shopDir: string },
  collector: Collector,
): Promise<Discoveries> {
  const { once = false, json = false, shopDir, signal, write, progress } = options;
  const startedMs = Date.now();
  let known = nothing();
  for (;;) {
    await waitMs(POLL_INTERVAL_MS, signal);
    const current = await discover(collector.url, signal);
    for (const fresh of newOnes(known, current)) {
      progress.clear();
      if (!json) write(`${discoveryText(fresh, { app: shopDir })}\n`);
      else if (!once) write(`${JSON.stringify(fresh)}\n`);
    }
    known = current;
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    progress.tick(`${seconds} s, looking for: ${missing(known).join(', ') || 'more'}`);
    if (!once) continue;
    if (isComplete(known)) {
      if (json) write(`${JSON.stringify(known, null, 2)}\n`);
      progress.say(`all found within ${seconds} s`);
      return known;
    }
    if (Date.now() - startedMs > ONCE_MS_MAX) {
      throw new DemoError(`not found within ${seconds} s: ${missing(known).join(', ')}`);
    }
  }
}

/** Like `Promise.all`, but it waits for both before it fails, so that nothing starts after the demo was cleaned up. */
async function allOf<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/** With `once`, or where a free port is asked for, nobody looks at them by their usual numbers. */
function portsOf({ once, port }: DemoOptions): { port: PortChoice; clickhousePort: PortChoice } {
  const usual = (first: number): PortChoice => (once || port === 0 ? { first: 0 } : { first, orElse: 0 });
  return { port: port === undefined ? usual(4318) : { first: port }, clickhousePort: usual(8123) };
}
