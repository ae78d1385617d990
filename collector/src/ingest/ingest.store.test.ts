import { appendFile, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Decoded } from '../otlp/decoded.ts';
import { span } from '../otlp/decoded-rows.fixture.ts';
import { OtlpDecoder } from '../otlp/otlp-decoder.ts';
import { encodeLogs, encodeTraces } from '../otlp/otlp-request.fixture.ts';
import { type BlockSource, piecesOf } from '../store/block-source.ts';
import { eachStore, temporaryDirectory } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import { type Store, StoreError } from '../store/store.ts';
import { createIngest, type Ingest, type IngestOptions } from './ingest.ts';

const decoder = new OtlpDecoder({ slowRequestThresholdMs: 1_000, ignoredPaths: [], retentionDays: 7 });
const EVERY_TABLE = {
  'profiler.version': '1',
  'profiler.query.text': ['SELECT ?'],
  'profiler.query.count': [3],
  'profiler.exception.type': ['E'],
};

/** One for all, so that no test has a part of its spans in the next minute. */
const now = BigInt(Date.now()) * 1_000_000n;

function decode(...names: string[]): Decoded {
  const spans = names.map((name) =>
    span({
      name,
      spanId: Buffer.from(name).toString('hex').padStart(16, '0'),
      startTimeUnixNano: now,
      endTimeUnixNano: now + 5n,
      attributes: EVERY_TABLE,
    }),
  );
  const body = encodeTraces([{ resource: { 'service.name': 'shop' }, spans }], 'protobuf');
  return decoder.decodeAtOnce('traces', 'protobuf', Buffer.from(body));
}

/** The store, but the first of the statements that begin so is answered and has no effect. */
function forgetting(store: Store, beginning: string): Store {
  let forgot = false;
  return new Proxy(store, {
    get(target, property) {
      const value = Reflect.get(target, property);
      if (property !== 'command') return typeof value === 'function' ? value.bind(target) : value;
      return async (...parameters: Parameters<Store['command']>) => {
        if (!forgot && parameters[0].startsWith(beginning)) forgot = true;
        else await target.command(...parameters);
      };
    },
  });
}

/** The store, but an insert first goes through `before`, which may throw instead. */
function failing(store: Store, before: (table: string) => Promise<void> | void): Store {
  return new Proxy(store, {
    get(target, property) {
      const value = Reflect.get(target, property);
      if (property !== 'insertBlocks') return typeof value === 'function' ? value.bind(target) : value;
      return async (...parameters: Parameters<Store['insertBlocks']>) => {
        await before(parameters[0]);
        return target.insertBlocks(...parameters);
      };
    },
  });
}

let requests = 0;
/** Takes a request that is like no other, or, under the same digest, one that was sent before. */
const take = (ingest: Ingest, decoded: Decoded, digest = String(++requests).padStart(16, '0')) =>
  ingest.take(digest, () => decoded);

const unreachable = () => new StoreError('connection refused', { retryable: true, code: 0 });
const refused = () => new StoreError('Code: 27. Cannot parse input', { retryable: false, code: 27 });

eachStore('ingest', (open) => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function migrated(): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    return store;
  }

  async function newSpoolDir(): Promise<string> {
    const directory = await temporaryDirectory();
    cleanups.push(directory.remove);
    return directory.path;
  }

  async function startIngest(store: Store, spoolDir: string, options: Partial<IngestOptions> = {}) {
    const said: string[] = [];
    const say = (message: string) => said.push(message);
    const registry = new Registry();
    const log = { info: say, warn: say, error: say };
    const retry = { retryMsMin: 10, retryMsMax: 50 };
    const ingest = createIngest({
      store,
      spoolDir,
      registry,
      log,
      retry,
      retentionDays: 7,
      spool: { segmentAgeMs: 20 },
      ...options,
    });
    await ingest.start();
    return Object.assign(ingest, { said, metrics: () => registry.metrics() });
  }

  async function count(store: Store, table: string): Promise<number> {
    const [row] = await store.query<{ rows: number }>(`SELECT count() AS rows FROM ${store.database}.${table}`);
    return row!.rows;
  }

  async function requestsOf(store: Store): Promise<{ minutely: number; hourly: number }> {
    const [row] = await store.query<{ minutely: number; hourly: number }>(
      `SELECT (SELECT sum(requests) FROM ${store.database}.endpoint_minutely) AS minutely,
         (SELECT sum(requests) FROM ${store.database}.endpoint_hourly) AS hourly`,
    );
    return row!;
  }

  async function names(store: Store): Promise<string[]> {
    const rows = await store.query<{ name: string }>(`SELECT name FROM ${store.database}.spans ORDER BY name`);
    return rows.map(({ name }) => name);
  }

  const segmentsIn = async (directory: string) =>
    (await readdir(directory)).filter((name) => name.endsWith('.segment'));

  it('stores every table of what it accepted, and then forgets the file', async () => {
    const store = await migrated();
    const spoolDir = await newSpoolDir();
    const ingest = await startIngest(store, spoolDir);
    await take(ingest, decode('a', 'b'));
    const logs = encodeLogs(
      [{ resource: {}, logRecords: [{ ...span(), timeUnixNano: 0n, attributes: { 'exception.type': 'E' } }] }],
      'protobuf',
    );
    await take(ingest, decoder.decodeAtOnce('logs', 'protobuf', Buffer.from(logs)));
    await expect.poll(() => ingest.status().stored).toBe(2);
    await ingest.close();
    const tables = ['spans', 'request_queries', 'exceptions', 'log_exceptions', 'requests'];
    expect(await Promise.all(tables.map((table) => count(store, table)))).toEqual([2, 2, 2, 1, 2]);
    expect(await segmentsIn(spoolDir)).toEqual([]);
    expect(ingest.status()).toMatchObject({ received: 3, stored: 2, spoolBytes: 0, spoolSegments: 0 });
    expect(ingest.status().lastInsertMs).toBeGreaterThan(0);
    expect(await ingest.metrics()).toContain('profiler_stored_rows_total{table="request_queries"} 2');
  });

  it('rides out a store that fails for now', async () => {
    const store = await migrated();
    let failures = 3;
    const shaky = failing(store, () => {
      if (failures-- > 0) throw unreachable();
    });
    const ingest = await startIngest(shaky, await newSpoolDir());
    await take(ingest, decode('a'));
    await take(ingest, decode('b'));
    await expect.poll(() => ingest.status().stored, { timeout: 10_000 }).toBe(2);
    await ingest.close();
    expect(await names(store)).toEqual(['a', 'b']);
    expect(ingest.status().failedInserts).toBe(3);
  });

  it('stores once what was stored although the answer was lost', async () => {
    const store = await migrated();
    let lost = false;
    const shaky = new Proxy(
      failing(store, () => {}),
      {
        get(target, property) {
          const value = Reflect.get(target, property);
          if (property !== 'insertBlocks') return value;
          return async (...parameters: Parameters<Store['insertBlocks']>) => {
            await target.insertBlocks(...parameters);
            if (!lost && parameters[0] === 'spans') {
              lost = true;
              throw unreachable();
            }
          };
        },
      },
    );
    const ingest = await startIngest(shaky, await newSpoolDir());
    await take(ingest, decode('a', 'b'));
    await expect.poll(() => ingest.status().stored, { timeout: 10_000 }).toBe(2);
    await ingest.close();
    expect([await count(store, 'spans'), await count(store, 'requests')]).toEqual([2, 2]);
  });

  it('sets aside what the store refuses for good, says so, and goes on', async () => {
    const store = await migrated();
    let refusals = 3;
    const spoolDir = await newSpoolDir();
    const strict = failing(store, (table) => {
      if (table === 'spans' && refusals-- > 0) throw refused();
    });
    const ingest = await startIngest(strict, spoolDir);
    await take(ingest, decode('bad'));
    await expect.poll(() => ingest.status().quarantinedSegments, { timeout: 10_000 }).toBe(1);
    await take(ingest, decode('good'));
    await expect.poll(() => ingest.status().stored, { timeout: 10_000 }).toBe(1);
    await ingest.close();
    expect(await names(store)).toEqual(['good']);
    expect(ingest.status().refusedRows).toEqual({ spans: 1, request_queries: 1, exceptions: 1 });
    const quarantine = await readdir(join(spoolDir, 'quarantine'));
    const reason = quarantine.find((name) => name.endsWith('.reason.txt'))!;
    expect(await readFile(join(spoolDir, 'quarantine', reason), 'utf8')).toMatch(/Cannot parse/);
    expect(ingest.said.some((line) => line.includes('refused a request'))).toBe(true);
  });

  it('narrows what the store refuses down to the request that it refuses', async () => {
    const store = await migrated();
    const strict = new Proxy(
      failing(store, () => {}),
      {
        get(target, property) {
          const value = Reflect.get(target, property);
          if (property !== 'insertBlocks') return value;
          return async (...parameters: Parameters<Store['insertBlocks']>) => {
            for await (const piece of piecesOf(parameters[1])) {
              if (piece.some((block) => Buffer.from(block).includes('bad'))) throw refused();
            }
            await target.insertBlocks(...parameters);
          };
        },
      },
    );
    const ingest = await startIngest(strict, await newSpoolDir(), { spool: { segmentAgeMs: 300 } });
    await Promise.all(['a', 'b', 'bad', 'c', 'd'].map((name) => take(ingest, decode(name))));
    await expect.poll(() => ingest.status().stored, { timeout: 10_000 }).toBe(4);
    await expect.poll(() => ingest.status().spoolSegments, { timeout: 10_000 }).toBe(0);
    expect(await names(store)).toEqual(['a', 'b', 'c', 'd']);
    expect(ingest.status()).toMatchObject({ quarantinedSegments: 1, refusedRows: { spans: 1 } });
    await ingest.close();
  });

  it('goes on behind a segment whose file is gone in the middle of its insert, and says so', async () => {
    const store = await migrated();
    const spoolDir = await newSpoolDir();
    let isFirst = true;
    const losing = new Proxy(store, {
      get(target, property) {
        const value = Reflect.get(target, property);
        // As with a server, where nothing is read before the insert.
        if (property === 'handOver') return async (blocks: BlockSource) => blocks;
        if (property !== 'insertBlocks') return typeof value === 'function' ? value.bind(target) : value;
        return async (...parameters: Parameters<Store['insertBlocks']>) => {
          const files = isFirst ? (await readdir(spoolDir)).filter((name) => name.endsWith('.segment')) : [];
          isFirst = false;
          for (const name of files) await rm(join(spoolDir, name));
          await target.insertBlocks(...parameters);
        };
      },
    });
    const ingest = await startIngest(losing, spoolDir);
    await take(ingest, decode('gone'));
    await expect.poll(() => ingest.said.join(), { timeout: 10_000 }).toMatch(/cannot be handled/);
    await take(ingest, decode('next'));
    await expect.poll(() => ingest.status().stored, { timeout: 10_000 }).toBe(1);
    await ingest.close();
    expect(await names(store)).toEqual(['next']);
  });

  it('takes a request once that comes again, and answers it the same', async () => {
    const store = await migrated();
    const spoolDir = await newSpoolDir();
    const ingest = await startIngest(store, spoolDir);
    const twice = [take(ingest, decode('a'), 'the same request'), take(ingest, decode('a'), 'the same request')];
    expect(await Promise.all(twice)).toEqual(Array(2).fill({ rejected: 0, message: '' }));
    await expect.poll(() => ingest.status().spoolSegments, { timeout: 10_000 }).toBe(0);
    await take(ingest, decode('a'), 'the same request');
    await ingest.close();
    expect(ingest.status()).toMatchObject({ received: 1, repeatedRequests: 2 });

    const next = await startIngest(store, spoolDir);
    await take(next, decode('a'), 'the same request');
    await next.close();
    expect(next.status()).toMatchObject({ received: 0, repeatedRequests: 1 });
    expect(await names(store)).toEqual(['a']);
  });

  it('takes a request that it could not take before', async () => {
    const store = await migrated();
    const ingest = await startIngest(store, await newSpoolDir(), { spool: { bytesMax: 1, segmentAgeMs: 20 } });
    await expect(take(ingest, decode('a'), 'the same request')).rejects.toThrow('the spool is full');
    await expect(take(ingest, decode('a'), 'the same request')).rejects.toThrow('the spool is full');
    expect(ingest.status().repeatedRequests).toBe(0);
    await ingest.close();
  });

  describe('after a kill', () => {
    /** A spool as a process leaves it that was killed after it acknowledged, and with `stored` after it inserted. */
    async function killed(store: Store, { stored }: { stored: boolean }): Promise<string> {
      const spoolDir = await newSpoolDir();
      const ingest = await startIngest(store, spoolDir, { spool: { segmentAgeMs: 600_000 } });
      const accepted = [decode('a', 'b'), decode('c')];
      // A copy, because an accepted request's memory is used again.
      const blocks = accepted.flatMap((it) => it.blocks.filter(({ table }) => table === 'spans'));
      const copies = blocks.map(({ bytes }) => Buffer.from(bytes));
      for (const decoded of accepted) await take(ingest, decoded);
      const [name] = await segmentsIn(spoolDir);
      await appendFile(join(spoolDir, name!), 'PRFr');
      if (!stored) return spoolDir;
      const id = /-(\d+)\./.exec(name!)![1]!;
      const batch = { id, deduplicationToken: id };
      await store.insertBlocks('spans', copies, batch);
      return spoolDir;
    }

    it.each([
      ['that had not inserted yet', false],
      ['that had inserted', true],
    ])('what was acknowledged is there once: a process %s', async (_, stored) => {
      const store = await migrated();
      const spoolDir = await killed(store, { stored });
      const ingest = await startIngest(store, spoolDir);
      await expect.poll(() => ingest.status().spoolSegments, { timeout: 10_000 }).toBe(0);
      await ingest.close();
      expect(await names(store)).toEqual(['a', 'b', 'c']);
      expect(await count(store, 'requests')).toBe(3);
      expect(await count(store, 'request_queries FINAL')).toBe(3);
      expect(await count(store, 'exceptions FINAL')).toBe(3);
    });

    it('a batch whose token is known but whose rows are not there is inserted all the same', async () => {
      const store = await migrated();
      const spoolDir = await killed(store, { stored: true });
      await store.command(`DELETE FROM ${store.database}.spans WHERE 1 SETTINGS lightweight_deletes_sync = 2`);
      const ingest = await startIngest(store, spoolDir);
      await expect.poll(() => ingest.status().spoolSegments, { timeout: 10_000 }).toBe(0);
      await ingest.close();
      expect(await names(store)).toEqual(['a', 'b', 'c']);
      // The views had seen the batch; inserted anew, they saw it again.
      expect(await count(store, 'requests')).toBe(3);
      expect(await requestsOf(store)).toEqual({ minutely: 3, hourly: 3 });
      expect(ingest.status()).toMatchObject({
        recovered: true,
        recoveredSegments: 1,
        rebuiltMinutes: 1,
        rebuiltHours: 1,
      });
    });

    it('a batch of which a part of the rows is there is completed', async () => {
      const store = await migrated();
      const spoolDir = await killed(store, { stored: true });
      await store.command(`DELETE FROM ${store.database}.spans WHERE name = 'b' SETTINGS lightweight_deletes_sync = 2`);
      const ingest = await startIngest(store, spoolDir);
      await ingest.recovered();
      await ingest.close();
      expect(await names(store)).toEqual(['a', 'b', 'c']);
      expect(await count(store, 'requests')).toBe(3);
      expect(await requestsOf(store)).toEqual({ minutely: 3, hourly: 3 });
    });

    it('a batch that is there twice is there once', async () => {
      const store = await migrated();
      const spoolDir = await killed(store, { stored: true });
      const { database } = store;
      await store.command(
        `INSERT INTO ${database}.spans SELECT * FROM ${database}.spans SETTINGS insert_deduplicate = 0`,
      );
      expect(await count(store, 'spans')).toBe(6);
      const ingest = await startIngest(store, spoolDir);
      await ingest.recovered();
      await ingest.close();
      expect(await names(store)).toEqual(['a', 'b', 'c']);
      expect(await requestsOf(store)).toEqual({ minutely: 3, hourly: 3 });
    });

    it('what was inserted stays when its file lost requests since', async () => {
      const store = await migrated();
      const spoolDir = await killed(store, { stored: true });
      const path = join(spoolDir, (await segmentsIn(spoolDir))[0]!);
      const bytes = await readFile(path);
      // The second request begins with the second mark.
      await truncate(path, bytes.indexOf('PRFr', 4) + 20);
      const ingest = await startIngest(store, spoolDir);
      await ingest.recovered();
      await ingest.close();
      expect(await names(store)).toEqual(['a', 'b', 'c']);
      expect(await requestsOf(store)).toEqual({ minutely: 3, hourly: 3 });
    });

    it.each(['requests', 'endpoint_minutely', 'endpoint_hourly'])(
      '%s is made anew where the kill left it torn',
      async (table) => {
        const store = await migrated();
        const before = await startIngest(store, await newSpoolDir());
        await take(before, decode('earlier'));
        await before.close();
        const spoolDir = await killed(store, { stored: true });
        await store.command(`TRUNCATE TABLE ${store.database}.${table}`);
        const ingest = await startIngest(store, spoolDir);
        await ingest.recovered();
        await ingest.close();
        expect(await count(store, 'requests')).toBe(4);
        expect(await requestsOf(store)).toEqual({ minutely: 4, hourly: 4 });
        expect(await names(store)).toEqual(['a', 'b', 'c', 'earlier']);
      },
    );

    it.each(['endpoint_minutely', 'endpoint_hourly'])(
      'a rebuild of %s that had no effect is repeated',
      async (table) => {
        const store = await migrated();
        const before = await startIngest(store, await newSpoolDir());
        await take(before, decode('earlier'));
        await before.close();
        const spoolDir = await killed(store, { stored: true });
        await store.command(`TRUNCATE TABLE ${store.database}.${table}`);
        const ingest = await startIngest(forgetting(store, `INSERT INTO ${store.database}.${table} `), spoolDir);
        await ingest.recovered();
        await ingest.close();
        expect(await requestsOf(store)).toEqual({ minutely: 4, hourly: 4 });
        expect(ingest.said.join('\n')).toContain('differ from their source after they were rebuilt');
      },
    );
  });

  it('closes within its grace when the store does not answer, and the next start stores the rest', async () => {
    const store = await migrated();
    const spoolDir = await newSpoolDir();
    const down = failing(store, () => {
      throw unreachable();
    });
    const ingest = await startIngest(down, spoolDir, { closeGraceMs: 200 });
    await take(ingest, decode('a'));
    const startedAt = performance.now();
    await ingest.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    const next = await startIngest(store, spoolDir);
    await expect.poll(() => next.status().stored, { timeout: 10_000 }).toBe(1);
    await next.close();
    expect(await names(store)).toEqual(['a']);
  });
});
