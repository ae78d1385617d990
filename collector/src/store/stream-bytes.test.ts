import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { bytesOf } from './stream-bytes.ts';

it('gives a single piece as it is, uncopied', async () => {
  const piece = Buffer.from('all of it');
  expect(await bytesOf(Readable.from([piece]))).toBe(piece);
});

it('joins several pieces, and none', async () => {
  expect(await bytesOf(Readable.from([Buffer.from('some '), Buffer.from('and more')]))).toEqual(
    Buffer.from('some and more'),
  );
  expect(await bytesOf(Readable.from([]))).toEqual(Buffer.alloc(0));
});

it('fails as the stream fails', async () => {
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('some');
      throw new Error('cut off');
    })(),
  );
  await expect(bytesOf(broken)).rejects.toThrow('cut off');
});
