import { expect, it } from 'vitest';
import { ByteInterner } from './byte-interner.ts';
import { byteSource } from './byte-source.ts';
import { EncodedText } from './encoded-text.ts';

it('creates a value once for the same bytes, and again for other bytes or another salt', () => {
  const created: string[] = [];
  const interner = new ByteInterner((text, salt) => {
    created.push(text + salt);
    return { text };
  });
  const bytes = byteSource(Buffer.from('..GET..POST..GET'));
  const get = (start: number, end: number, salt?: string) => interner.get(bytes, start, end, salt);
  expect(get(2, 5)).toBe(get(13, 16));
  expect(get(7, 11).text).toBe('POST');
  expect(get(2, 5, '!')).not.toBe(get(7, 11));
  expect(created).toEqual(['GET', 'POST', 'GET!']);
});

it('gives the right value although places are few and texts are many', () => {
  const interner = new ByteInterner((text) => text, 2);
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 200; index++) {
      const source = byteSource(Buffer.from(`text ${index}`));
      expect(interner.get(source, 0, source.bytes.length)).toBe(`text ${index}`);
    }
  }
});

it('gives the right value whatever follows what', () => {
  const interner = new ByteInterner((text, salt) => text + salt, 16);
  for (let step = 0; step < 4_000; step++) {
    // The same order for a while, then another: what followed last time is right, then wrong, then gone.
    const text = `text ${(step * (1 + Math.floor(step / 100))) % 23}`;
    const source = byteSource(Buffer.from(text));
    const salt = step % 7 === 0 ? '!' : '';
    expect(interner.get(source, 0, source.bytes.length, salt)).toBe(text + salt);
  }
});

it('keeps no text that is longer than its limit', () => {
  let created = 0;
  const interner = new ByteInterner(() => ++created, 16, 4);
  const bytes = byteSource(Buffer.from('12345'));
  expect([
    interner.get(bytes, 0, 4),
    interner.get(bytes, 0, 4),
    interner.get(bytes, 0, 5),
    interner.get(bytes, 0, 5),
  ]).toEqual([1, 1, 2, 3]);
});

it('holds no memory beyond the texts that it remembers', () => {
  const remembered: Buffer[] = [];
  const interner = new ByteInterner(
    (text, _salt, bytes) => {
      const value = new EncodedText(text);
      remembered.push(bytes, value.bytes);
      return value;
    },
    1_024,
    64,
  );
  for (let index = 0; index < 300; index++) {
    const source = byteSource(Buffer.from(`/items/${index}`));
    interner.get(source, 0, source.bytes.length);
  }
  const held = new Set(remembered.map((bytes) => bytes.buffer));
  const heldBytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(heldBytes).toBe(remembered.reduce((sum, { length }) => sum + length, 0));
});
