import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild, startChild } from './child.ts';
import { DemoError } from './demo-error.ts';

export interface Shop {
  readonly version: string;
  readonly url: string;
  stop(): Promise<void>;
}

export interface ShopManifest {
  readonly name: string;
  readonly version: string;
  readonly nextVersion: string;
}

export interface ShopEnvironment {
  readonly shopDir: string;
  readonly databaseUrl: string;
  readonly otlpUrl: string;
}

/** What the shop's package.json says; throws {@link DemoError} when it does not say what comes next. */
export function readManifest(shopDir: string): ShopManifest {
  const manifest = JSON.parse(readFileSync(join(shopDir, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    config?: { nextVersion?: string };
  };
  const nextVersion = manifest.config?.nextVersion;
  if (!nextVersion) throw new DemoError(`${shopDir}/package.json has no config.nextVersion to deploy`);
  return { name: manifest.name, version: manifest.version, nextVersion };
}

export async function seedShop({ shopDir, databaseUrl }: ShopEnvironment, signal: AbortSignal): Promise<void> {
  await runChild({
    name: "the shop's seed",
    command: process.execPath,
    args: ['seed.js'],
    cwd: shopDir,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    signal,
  });
}

/** Starts one version of the shop, profiled as the README says: by one flag. */
export async function startShop(environment: ShopEnvironment, version: string, signal: AbortSignal): Promise<Shop> {
  const { shopDir, databaseUrl, otlpUrl } = environment;
  const { child, match } = await startChild(
    {
      name: `the shop ${version}`,
      command: process.execPath,
      args: ['--import', '@profiler/register', 'shop.js'],
      cwd: shopDir,
      env: {
        ...withoutTelemetry(process.env),
        PORT: '0',
        DATABASE_URL: databaseUrl,
        SHOP_VERSION: version,
        OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
        OTEL_RESOURCE_ATTRIBUTES: `service.version=${version}`,
      },
      signal,
    },
    /listening on (http:\S+)\s/,
  );
  return { version, url: match[1]!, stop: () => child.stop() };
}

/** Neither the reader's exporter settings nor a preloaded profiler belong into the demo. */
function withoutTelemetry(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ([name]: [string, unknown]) => !/^(OTEL_|PROFILER_|NODE_OPTIONS$)/.test(name);
  return Object.fromEntries(Object.entries(environment).filter(kept));
}
