import { execFile } from 'node:child_process';
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface ScratchProject {
  readonly directory: string;
  remove(): Promise<void>;
}

export interface ScratchOptions {
  /** Folders of workspaces to pack, relative to the repository: `packages/register`. They must have been built. */
  readonly workspaces: readonly string[];
  /** What the apps need beside them, in the versions of this repository: `express`, `pg`. */
  readonly packages: readonly string[];
  /** Written to the project's package.json. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/**
 * A project outside the repository into which the packages are installed as a user gets them: packed, then installed
 * from the tarballs. The apps of `test/apps` are copied into it.
 */
export async function scratchProject({ workspaces, packages, manifest }: ScratchOptions): Promise<ScratchProject> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'profiler-scratch-')));
  const tarballs = await Promise.all(workspaces.map((workspace) => pack(workspace, directory)));
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'scratch-shop', version: '1.2.3', private: true, ...manifest }),
  );
  const versions = await Promise.all(packages.map(async (name) => `${name}@${await versionHere(name)}`));
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...tarballs, ...versions],
    {
      cwd: directory,
    },
  );
  await cp(join(ROOT, 'test/apps'), directory, { recursive: true });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

async function pack(workspace: string, destination: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: join(ROOT, workspace),
  });
  const report: unknown = JSON.parse(stdout);
  const [packed] = (Array.isArray(report) ? report : Object.values(report as object)) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm pack said nothing about ${workspace}`);
  return join(destination, packed.filename);
}

async function versionHere(name: string): Promise<string> {
  const { default: manifest } = await import(join(ROOT, 'node_modules', name, 'package.json'), {
    with: { type: 'json' },
  });
  return (manifest as { version: string }).version;
}
