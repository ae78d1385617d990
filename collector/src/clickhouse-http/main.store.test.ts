import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundledProgram } from '../store/bundled-program.ts';
import { startClickHouse, temporaryDirectory } from '../store/each-store.ts';

const program = await bundledProgram(fileURLToPath(new URL('./main.ts', import.meta.url)));

it('says where it listens, and on SIGTERM lets go of its directory with all that was written', async () => {
  const directory = await temporaryDirectory();
  const child = spawn(process.execPath, [program, '--data-dir', directory.path, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(String(line)).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
  const url = String(line).slice('listening on '.length).trim();
  const run = (base: string, query: string) =>
    fetch(base, { method: 'POST', body: query }).then((answer) => answer.text());
  await run(url, 'CREATE DATABASE shop ENGINE = Atomic');
  await run(url, 'CREATE TABLE shop.t (n UInt8) ENGINE = MergeTree ORDER BY n');
  await run(url, 'INSERT INTO shop.t VALUES (1), (2)');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const next = await startClickHouse({ dataDir: directory.path });
  expect(await run(next.url, 'SELECT sum(n) FROM shop.t')).toBe('3\n');
  await next.stop();
  await directory.remove();
});

it('with --read-only lets nobody write', async () => {
  const server = await startClickHouse({ flags: ['--read-only'] });
  const answer = await fetch(server.url, { method: 'POST', body: 'CREATE DATABASE shop ENGINE = Atomic' });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('This port is read-only');
  expect(await (await fetch(server.url, { method: 'POST', body: 'SELECT 1' })).text()).toBe('1\n');
  await server.stop();
});

it.each([
  [[], /--data-dir is missing\nUsage: /],
  [['--data-dir', 'x', '--port', '99999'], /not a port: 99999\nUsage: /],
  [['--nope'], /'--nope'.*Usage: /s],
])('with wrong flags, as %j, says how to use it', async (flags, message) => {
  const failure = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [program, ...flags], (error, _, stderr) => resolve({ code: error?.code, stderr }));
  });
  expect(failure.code).toBe(2);
  expect(failure.stderr).toMatch(message);
});
