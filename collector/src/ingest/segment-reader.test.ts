import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecodedBlock } from '../otlp/decoded.ts';
import type { BlockSource } from '../store/block-source.ts';
import { encodeFrame } from './frame.ts';
import { SegmentReader } from './segment-reader.ts';

const MIB = 1 << 20;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'profiler-segment-'));
});
afterAll(() => rm(directory, { recursive: true }));

const block = (table: DecodedBlock['table'], rows: number, bytes: Buffer): DecodedBlock => ({ table, rows, bytes });
const spans = (letter: string, length: number) => block('spans', 1, Buffer.alloc(length, letter));
const frameOf = (digest: string, ...blocks: DecodedBlock[]) =>
  Buffer.concat(encodeFrame({ digest: digest.padEnd(16), blocks }));

async function segmentOf(bytes: Buffer, isLeftover = false) {
  const path = join(directory, '0000000001-1.segment');
  await writeFile(path, bytes);
  return { path, batchId: '1', bytes: bytes.length, isLeftover };
}

/** First letter and length of each block, and how many came at once. */
async function seen(blocks: BlockSource) {
  const pieces: string[][] = [];
  for await (const piece of blocks.pieces()) {
    pieces.push(piece.map((bytes) => `${String.fromCharCode(bytes[0]!, bytes.at(-1)!)} ${bytes.length}`));
  }
  return pieces;
}

describe('a segment reader', () => {
  it('tells requests and rows, and gives the blocks of each table as often as they are asked for', async () => {
    const logs = block('log_exceptions', 3, Buffer.from('logs'));
    const bytes = Buffer.concat([frameOf('first', spans('a', 5)), frameOf('second', logs, spans('b', 6))]);
    const { digests, tables } = await new SegmentReader().read(await segmentOf(bytes));
    expect(digests.map((digest) => digest.trim())).toEqual(['first', 'second']);
    expect([...tables].map(([table, { rows }]) => [table, rows])).toEqual([
      ['spans', 2],
      ['log_exceptions', 3],
    ]);
    for (let time = 0; time < 2; time++) expect(await seen(tables.get('spans')!)).toEqual([['aa 5', 'bb 6']]);
    expect(await seen(tables.get('log_exceptions')!)).toEqual([['ls 4']]);
  });

  it('has no more than some MiB of a file in memory, wherever requests begin and end', async () => {
    const letters = [...'abcdefghijklmnopqrst'];
    const bytes = Buffer.concat(letters.map((letter, index) => frameOf(letter, spans(letter, MIB - 50 * index))));
    const { digests, tables } = await new SegmentReader().read(await segmentOf(bytes));
    const pieces = await seen(tables.get('spans')!);
    expect(digests.length).toBe(20);
    expect(pieces.flat()).toEqual(letters.map((letter, index) => `${letter}${letter} ${MIB - 50 * index}`));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(2);
    expect(pieces.length).toBeLessThanOrEqual(11);
  });

  it('takes a request that is longer than that', async () => {
    const bytes = Buffer.concat([
      frameOf('a', spans('a', 9)),
      frameOf('b', spans('b', 11 * MIB)),
      frameOf('c', spans('c', 9)),
    ]);
    const { tables } = await new SegmentReader().read(await segmentOf(bytes));
    expect(await seen(tables.get('spans')!)).toEqual([['aa 9'], [`bb ${11 * MIB}`], ['cc 9']]);
  });

  it.each([100, 5 * MIB, 6 * MIB + 17])('refuses a file in which byte %i is another', async (at) => {
    const bytes = Buffer.concat([...'abcdefg'].map((letter) => frameOf(letter, spans(letter, MIB))));
    bytes[at]! ^= 1;
    for (const isLeftover of [false, true]) {
      await expect(new SegmentReader().read(await segmentOf(bytes, isLeftover))).rejects.toThrow(
        'not as it was written',
      );
    }
  });

  it.each([10, MIB, 5 * MIB])(
    'forgives an end that is torn off only what an earlier process left: %i bytes less',
    async (less) => {
      const whole = Buffer.concat([...'abcdefg'].map((letter) => frameOf(letter, spans(letter, MIB))));
      const bytes = whole.subarray(0, -less);
      await expect(new SegmentReader().read(await segmentOf(bytes))).rejects.toThrow('not as it was written');
      const { digests } = await new SegmentReader().read(await segmentOf(bytes, true));
      expect(digests.length).toBe(Math.floor((whole.length - less) / (whole.length / 7)));
    },
  );

  it('says that to try again is of no use when a file is gone before its blocks are asked for', async () => {
    const segment = await segmentOf(frameOf('a', spans('a', 9)));
    const { tables } = await new SegmentReader().read(segment);
    await rm(segment.path);
    await expect(seen(tables.get('spans')!)).rejects.toMatchObject({ name: 'StoreError', retryable: false });
  });

  it('says when a file has become shorter', async () => {
    const segment = await segmentOf(frameOf('a', spans('a', 9)));
    await expect(new SegmentReader().read({ ...segment, bytes: segment.bytes + 1 })).rejects.toThrow('shorter');
  });
});
