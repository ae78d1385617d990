import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gitCommit } from './git-commit.ts';

/** What the app's package.json says of it. Without a version there is no deploy to blame. */
export interface AppPackage {
  /** The directory of the package.json; the working directory when there is none. */
  readonly rootDirectory: string;
  readonly name: string | undefined;
  /** `1.2.0+3f2c1ab`: the version, and the git commit where there is one; either may be missing. */
  readonly version: string | undefined;
}

/** Looks for the nearest package.json with a name, from `directory` upwards. */
export function appPackage(directory: string): AppPackage {
  for (let at = directory; ; at = dirname(at)) {
    const manifest = readManifest(join(at, 'package.json'));
    if (manifest?.name !== undefined) return describe(at, manifest);
    if (at === dirname(at)) return describe(directory, {});
  }
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

function describe(rootDirectory: string, { name, version }: Manifest): AppPackage {
  const commit = gitCommit(rootDirectory)?.slice(0, 7);
  const parts = [version, commit].filter((part) => part !== undefined);
  return { rootDirectory, name, version: parts.length > 0 ? parts.join('+') : undefined };
}

function readManifest(path: string): Manifest | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return {
      ...(typeof name === 'string' && name !== '' && { name }),
      ...(typeof version === 'string' && version !== '' && { version }),
    };
  } catch {
    return undefined;
  }
}
