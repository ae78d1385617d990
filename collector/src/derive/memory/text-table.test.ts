import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextTable, viewOf } from './text-table.ts';

function idOf(table: TextTable, text: string, usedAt = 0): number {
  const bytes = Buffer.from(text);
  return table.idOf(bytes, viewOf(bytes), 0, bytes.length, usedAt);
}

it('gives each text one number, and gives it back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 60 }), (texts) => {
      const table = new TextTable();
      const ids = texts.map((text) => idOf(table, text));
      expect(ids.map((id) => table.text(id))).toEqual(texts.map((text) => Buffer.from(text).toString()));
      expect(new Set(ids).size).toBe(new Set(texts).size);
      expect(texts.map((text) => idOf(table, text))).toEqual(ids);
    }),
  );
});

it('grows, says when it is full, and forgets what is used no more', () => {
  const table = new TextTable({ textsMax: 5_001, bytesMax: 1 << 20 });
  const ids = Array.from({ length: 5_000 }, (_, n) => idOf(table, `text ${n}`, n));
  expect(idOf(table, 'one more', 5_000)).toBe(-1);
  expect(table.sweep(4_000)).toBe(true);
  for (let n = 4_000; n < 5_000; n++) expect(table.text(ids[n]!)).toBe(`text ${n}`);
  expect(idOf(table, 'text 4500', 5_000)).toBe(ids[4_500]);
  const later = Array.from({ length: 4_000 }, (_, n) => idOf(table, `later ${n}`, 5_001));
  expect(later.map((id) => table.text(id))).toEqual(later.map((_, n) => `later ${n}`));
  expect(table.text(ids[4_999]!)).toBe('text 4999');
});

it('keeps a few numbers together as one', () => {
  const table = new TextTable();
  const id = table.idOfTuple([7, 0xffff_ffff, 3], 0);
  expect(table.idOfTuple([7, 0xffff_ffff, 3], 0)).toBe(id);
  expect([0, 1, 2].map((member) => table.member(id, member))).toEqual([7, 0xffff_ffff, 3]);
  expect(table.idOfTuple([7, 0xffff_ffff, 4], 0)).not.toBe(id);
});
