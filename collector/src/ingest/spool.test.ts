import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DecodedBlock } from '../otlp/decoded.ts';
import type { BlockSource } from '../store/block-source.ts';
import { IngestUnavailableError } from './ingest-error.ts';
import type { Segment } from './segment.ts';
import { Spool, type SpoolOptions } from './spool.ts';

const directories: string[] = [];
const spools: Spool[] = [];
/** Also those that stand for a killed process, whose files the system would have closed. */
afterEach(async () => {
  for (const spool of spools.splice(0)) {
    await spool.close();
    await spool.closeLedger();
  }
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'profiler-spool-'));
  directories.push(directory);
  return directory;
}

async function openSpool(directory: string, options: Partial<SpoolOptions> = {}) {
  const said: string[] = [];
  const log = {
    info: (it: string) => said.push(it),
    warn: (it: string) => said.push(it),
    error: (it: string) => said.push(it),
  };
  const spool = new Spool({ directory, log, ...options });
  spools.push(spool);
  await spool.open();
  return Object.assign(spool, { said });
}

const digestOf = (text: string) => text.slice(0, 16).padEnd(16, '\xff');
const request = (text: string, rows = 1): [string, DecodedBlock[]] => [
  digestOf(text),
  [{ table: 'spans', rows, bytes: Buffer.from(text) }],
];

async function textsIn(blocks: BlockSource): Promise<string[]> {
  const texts: string[] = [];
  for await (const piece of blocks.pieces()) texts.push(...piece.map((bytes) => Buffer.from(bytes).toString()));
  return texts;
}

/** Of all segments that are left, after those that were given already. */
async function textsOf(spool: Spool, ...given: Segment[]): Promise<string[][]> {
  const segments: string[][] = [];
  for (;;) {
    const segment = given.shift() ?? (await spool.next());
    if (segment === undefined) return segments;
    const { digests, tables } = await spool.read(segment);
    segments.push(await textsIn(tables.get('spans')!));
    await spool.remove(segment, digests);
  }
}

describe('a spool', () => {
  it('has a request in its file when append resolves', async () => {
    const directory = await newDirectory();
    const spool = await openSpool(directory);
    await spool.append(...request('hello'));
    const [name] = (await readdir(directory)).filter((it) => it.endsWith('.segment'));
    expect(await readFile(join(directory, name!), 'utf8')).toContain('hello');
    await spool.close();
  });

  it('puts requests that come together into one segment, in order', async () => {
    const spool = await openSpool(await newDirectory());
    await Promise.all(['a', 'b', 'c'].map((text) => spool.append(...request(text))));
    await spool.close();
    expect(await textsOf(spool)).toEqual([['a', 'b', 'c']]);
    expect(spool.status()).toMatchObject({ bytes: 0, segments: 0 });
  });

  it('closes a segment by its rows, by its bytes and by its age', async () => {
    const byRows = await openSpool(await newDirectory(), { segmentRowsMax: 10 });
    for (const text of ['a', 'b', 'c']) await byRows.append(...request(text, 6));
    await byRows.close();
    expect(await textsOf(byRows)).toEqual([['a', 'b'], ['c']]);

    const byBytes = await openSpool(await newDirectory(), { segmentBytesMax: 20 });
    for (const text of ['aaaa', 'bbbb']) await byBytes.append(...request(text));
    await byBytes.close();
    expect(await textsOf(byBytes)).toEqual([['aaaa'], ['bbbb']]);

    const byAge = await openSpool(await newDirectory(), { segmentAgeMs: 20 });
    await byAge.append(...request('a'));
    const aged = (await byAge.next())!;
    await byAge.append(...request('b'));
    await byAge.close();
    expect(await textsOf(byAge, aged)).toEqual([['a'], ['b']]);
  });

  it('refuses what does not fit, and has room again when something is removed', async () => {
    const spool = await openSpool(await newDirectory(), { bytesMax: 100, segmentAgeMs: 1 });
    await spool.append(...request('x'.repeat(60)));
    await expect(spool.append(...request('y'.repeat(60)))).rejects.toThrow(IngestUnavailableError);
    const first = (await spool.next())!;
    await spool.remove(first, (await spool.read(first)).digests);
    await spool.append(...request('y'.repeat(60)));
    await spool.close();
  });

  it('narrows a segment down, half by half, at its place in line', async () => {
    const directory = await newDirectory();
    const spool = await openSpool(directory, { segmentRowsMax: 3 });
    await Promise.all(['a', 'b', 'c'].map((text) => spool.append(...request(text))));
    await spool.append(...request('d'));
    await spool.close();
    const whole = (await spool.next())!;
    await spool.split(whole, (await spool.read(whole)).digests, new Set());
    expect(await textsOf(spool)).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(spool.status()).toMatchObject({ bytes: 0, segments: 0 });
  });

  it('gives each segment once, and waits with the end for what may come in the place of one', async () => {
    const spool = await openSpool(await newDirectory(), { segmentRowsMax: 2 });
    await Promise.all(['a', 'b'].map((text) => spool.append(...request(text))));
    await spool.append(...request('c'));
    await spool.close();
    const [first, second] = [(await spool.next())!, (await spool.next())!];
    const third = spool.next();
    await spool.remove(second, (await spool.read(second)).digests);
    await spool.split(first, (await spool.read(first)).digests, new Set());
    expect(await textsOf(spool, (await third)!)).toEqual([['a'], ['b']]);
  });

  it('leaves out of the halves what is stored', async () => {
    const spool = await openSpool(await newDirectory(), { segmentRowsMax: 2 });
    const [digest, [spans]] = request('spans') as [string, [DecodedBlock]];
    const logs: DecodedBlock = { ...spans, table: 'log_exceptions', bytes: Buffer.from('logs') };
    await Promise.all([spool.append(digest, [spans]), spool.append(digestOf('both'), [spans, logs])]);
    await spool.close();
    const whole = (await spool.next())!;
    await spool.split(whole, (await spool.read(whole)).digests, new Set(['spans']));
    const halves = [(await spool.next())!, (await spool.next())!];
    const [first, second] = [await spool.read(halves[0]!), await spool.read(halves[1]!)];
    expect([first.digests, [...first.tables]]).toEqual([[digest], []]);
    expect([...second.tables.keys()]).toEqual(['log_exceptions']);
  });

  it('does not split what is no longer whole', async () => {
    const spool = await openSpool(await newDirectory(), { segmentRowsMax: 2 });
    await Promise.all(['a', 'b'].map((text) => spool.append(...request(text))));
    const segment = (await spool.next())!;
    const { digests } = await spool.read(segment);
    await truncate(segment.path, segment.bytes - 1);
    await expect(spool.split(segment, digests, new Set())).rejects.toThrow('no longer holds all');
    expect((await readFile(segment.path)).length).toBe(segment.bytes - 1);
    await spool.close();
  });

  it('fails the requests that the disk did not take, and takes the next ones', async () => {
    const directory = await newDirectory();
    const spool = await openSpool(directory);
    await rm(directory, { recursive: true });
    await expect(spool.append(...request('a'))).rejects.toThrow(IngestUnavailableError);
    expect(spool.status().bytes).toBe(0);
    await writeFile(directory, 'a file in its place');
    await expect(spool.append(...request('b'))).rejects.toThrow(IngestUnavailableError);
    await rm(directory);
    await (await openSpool(directory)).close();
    await spool.append(...request('c'));
    await spool.close();
    expect(await textsOf(spool)).toEqual([['c']]);
    expect(spool.said.some((line) => line.includes('cannot be written'))).toBe(true);
  });

  it('accepts nothing after it was closed', async () => {
    const spool = await openSpool(await newDirectory());
    await spool.close();
    await expect(spool.append(...request('a'))).rejects.toThrow(IngestUnavailableError);
  });
});

describe('after a crash', () => {
  /** A spool as a killed process leaves it: written, never closed. */
  async function crashed(...texts: string[]): Promise<{ directory: string; path: string; batchId: string }> {
    const directory = await newDirectory();
    const spool = await openSpool(directory);
    for (const text of texts) await spool.append(...request(text));
    const [name] = (await readdir(directory)).filter((it) => it.endsWith('.segment'));
    return { directory, path: join(directory, name!), batchId: /-(\d+)\./.exec(name!)![1]! };
  }

  it('what was left comes first, under the same batch id', async () => {
    const { directory, batchId } = await crashed('a', 'b');
    const spool = await openSpool(directory);
    await spool.append(...request('new'));
    const left = (await spool.next())!;
    expect(left).toMatchObject({ batchId, isLeftover: true });
    await spool.close();
    expect(await textsOf(spool, left)).toEqual([['a', 'b'], ['new']]);
  });

  it('a torn tail is dropped: it was never acknowledged', async () => {
    const { directory, path } = await crashed('a', 'b');
    await appendFile(path, Buffer.from('PRFr\x32\0\0\0\x01\x02\x03\x04\0'));
    const spool = await openSpool(directory);
    await spool.close();
    expect(await textsOf(spool)).toEqual([['a', 'b']]);
    expect(spool.status().quarantinedSegments).toBe(0);
  });

  it('a file with nothing but a torn request goes away', async () => {
    const { directory, path } = await crashed('a');
    await writeFile(path, Buffer.from('PRFr\x32'));
    const spool = await openSpool(directory);
    await spool.close();
    expect(await textsOf(spool)).toEqual([]);
    expect((await readdir(directory)).filter((name) => name.endsWith('.segment'))).toEqual([]);
  });

  it('a damaged file is set aside with its reason, and what can be read of it is kept', async () => {
    const { directory, path, batchId } = await crashed('first', 'second', 'third');
    const bytes = await readFile(path);
    bytes[bytes.lastIndexOf('second')]! ^= 1;
    await writeFile(path, bytes);
    const spool = await openSpool(directory);
    const left = (await spool.next())!;
    expect(left).toMatchObject({ batchId, isLeftover: true });
    await spool.close();
    expect(await textsOf(spool, left)).toEqual([['first', 'third']]);
    expect(spool.status().quarantinedSegments).toBe(1);
    const quarantine = await readdir(join(directory, 'quarantine'));
    expect(quarantine.filter((name) => name.endsWith('.reason.txt'))).toHaveLength(1);
    expect(spool.said.some((line) => line.includes('damaged'))).toBe(true);
    expect((await openSpool(directory)).status().quarantinedSegments).toBe(1);
  });

  it('what was accepted lately is known, stored or not', async () => {
    const directory = await newDirectory();
    const spool = await openSpool(directory);
    await spool.append(...request('stored'));
    await spool.close();
    await textsOf(spool);
    await spool.closeLedger();
    const killed = await openSpool(directory);
    await killed.append(...request('left'));
    const next = new Spool({ directory, log: { info() {}, warn() {}, error() {} } });
    spools.push(next);
    expect((await next.open()).sort()).toEqual([digestOf('left'), digestOf('stored')]);
  });

  it.each(['before the whole went', 'before its second half came'])(
    'of a split, nothing is there twice: killed %s',
    async (when) => {
      const { directory, path } = await crashed('a', 'b', 'c');
      const whole = await readFile(path);
      const splitting = await openSpool(directory);
      const segment = (await splitting.next())!;
      await splitting.split(segment, (await splitting.read(segment)).digests, new Set());
      await writeFile(path, whole);
      if (when !== 'before the whole went') {
        const last = (await readdir(directory))
          .filter((name) => name.endsWith('.segment'))
          .sort()
          .at(-1)!;
        await rm(join(directory, last));
      }
      const spool = await openSpool(directory);
      await spool.close();
      expect(await textsOf(spool)).toEqual([['a', 'b', 'c']]);
      expect((await readdir(directory)).filter((name) => name.endsWith('.segment'))).toEqual([]);
    },
  );

  it('a segment that is in the ledger already, because the kill came before its deletion, is not inserted again', async () => {
    const { directory, path } = await crashed('a');
    const bytes = await readFile(path);
    const first = await openSpool(directory);
    await first.close();
    await textsOf(first);
    await writeFile(path, bytes);
    const second = await openSpool(directory);
    await second.close();
    expect(await textsOf(second)).toEqual([]);
  });
});
