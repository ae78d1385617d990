import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundledProgram } from './bundled-program.ts';
import { startClickHouse, temporaryDirectory } from './each-store.ts';
import { migrate } from './migrate.ts';
import { nativeBlock } from './native-rows.ts';
import { openStore } from './open-store.ts';

describe('openStore on a directory', () => {
  it('keeps what was written over a restart, also in a directory of an odd name', async () => {
    const directory = await temporaryDirectory();
    const dataDir = join(directory.path, 'it\'s a "dir" & ü;%41');
    const first = await openStore({ dataDir });
    await migrate(first, { retentionDays: 7 });
    const block = nativeBlock('spans', [{ timestamp: BigInt(Date.now()) * 1_000_000n }]);
    await first.insertBlocks('spans', [block], { id: '1', deduplicationToken: 'a' });
    await first.close();
    const second = await openStore({ dataDir });
    await second.insertBlocks('spans', [block], { id: '1', deduplicationToken: 'a' });
    expect(await second.query('SELECT count() AS n FROM spans')).toEqual([{ n: 1 }]);
    await second.close();
    await directory.remove();
  });

  it('leaves no file behind that it handed over, nor one of a process that was killed', async () => {
    const directory = await temporaryDirectory();
    const first = await openStore({ dataDir: directory.path });
    await migrate(first, { retentionDays: 7 });
    await first.insertRows('progress', [{ name: 'a', position: 0, updated_at: 0 }]);
    await expect(
      first.insertBlocks('spans', [Buffer.from('nonsense')], { id: '1', deduplicationToken: 'a' }),
    ).rejects.toThrow();
    await first.close();
    const handover = join(directory.path, 'handover');
    expect(await readdir(handover)).toEqual([]);
    await writeFile(join(handover, 'left'), 'x');
    const second = await openStore({ dataDir: directory.path });
    expect(await readdir(handover)).toEqual([]);
    await second.close();
    await directory.remove();
  });

  it('says what to do when another process holds the directory', async () => {
    const directory = await temporaryDirectory();
    const other = await startClickHouse({ dataDir: directory.path });
    await expect(openStore({ dataDir: directory.path })).rejects.toMatchObject({
      name: 'StoreError',
      retryable: false,
      message: expect.stringMatching(
        /another process holds this directory: stop it, or give this one another --data-dir/,
      ),
    });
    await other.stop();
    const store = await openStore({ dataDir: directory.path });
    await store.ping();
    await store.close();
    await directory.remove();
  });

  it('says that one process opens one directory', async () => {
    const [one, two] = [await temporaryDirectory(), await temporaryDirectory()];
    const store = await openStore({ dataDir: one.path });
    await expect(openStore({ dataDir: two.path })).rejects.toThrow(/This process already has an embedded engine open/);
    await store.close();
    await one.remove();
    await two.remove();
  });

  it('refuses a path that the engine would take for a pattern', async () => {
    await expect(openStore({ dataDir: '/tmp/a*b' })).rejects.toThrow(/has one of \* \? \{ \} \\ in its path/);
  });

  it('names a directory that it cannot write to', async () => {
    const directory = await temporaryDirectory();
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    await expect(openStore({ dataDir: file })).rejects.toThrow(`Cannot write to the data directory ${file}`);
    await directory.remove();
  });

  it('counts hours in UTC in a zone of half an hour', async () => {
    const program = await bundledProgram(fileURLToPath(new URL('./zone-program.ts', import.meta.url)));
    const directory = await temporaryDirectory();
    const child = spawn(process.execPath, [program, directory.path], {
      env: { ...process.env, TZ: 'Asia/Kolkata' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(JSON.parse(output)).toEqual({ localOffsetMinutes: 330, zone: 'UTC', minuteOfHour: 0, secondsApart: true });
    await directory.remove();
  });
});

describe('openStore on a URL', () => {
  it('makes the database that the URL names, `profiler` when it names none', async () => {
    const server = await startClickHouse();
    for (const [path, database] of [
      ['', 'profiler'],
      ['/', 'profiler'],
      ['/apm_1', 'apm_1'],
    ] as const) {
      const store = await openStore({ url: server.url + path });
      expect(store.database).toBe(database);
      expect(await store.query('SELECT currentDatabase() AS name')).toEqual([{ name: database }]);
      await store.close();
    }
    await server.stop();
  });

  it('refuses what is no such URL, without repeating a password', async () => {
    for (const url of [
      '',
      'localhost:8123',
      'ftp://u:secret@h/x',
      'http://u:secret@h:port/x',
      'http://u:secret@h/a;b',
    ]) {
      const failure = await openStore({ url }).catch((cause: unknown) => cause);
      expect(failure).toMatchObject({ name: 'StoreError', retryable: false });
      expect(String(failure)).not.toContain('secret');
    }
  });

  it('calls a server that is not there retryable, and names it', async () => {
    await expect(openStore({ url: 'http://user:secret@127.0.0.1:9/profiler' })).rejects.toMatchObject({
      retryable: true,
      code: 0,
      message: expect.stringMatching(/^Cannot open ClickHouse at 127\.0\.0\.1:9: (?!.*secret)/),
    });
  });

  it('fails as retryable while the server is away, and goes on when it is back', async () => {
    const directory = await temporaryDirectory();
    const server = await startClickHouse({ dataDir: directory.path });
    const store = await openStore({ url: server.url });
    await store.command('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    await server.stop();
    await expect(store.insertRows('t', [{ n: 1 }])).rejects.toMatchObject({ retryable: true, code: 0 });
    await expect(store.ping()).rejects.toMatchObject({ retryable: true });
    const again = await startClickHouse({ dataDir: directory.path, port: Number(new URL(server.url).port) });
    await store.insertRows('t', [{ n: 1 }]);
    expect(await store.query('SELECT count() AS n FROM t')).toEqual([{ n: 1 }]);
    await store.close();
    await again.stop();
    await directory.remove();
  });
});
