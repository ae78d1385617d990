import { expect, it } from 'vitest';
import { CursorError, decodeCursor, encodeCursor } from './cursor.ts';

it('comes back as it went', () => {
  const parts = ['1763899200000000123', '-1.5e-7', "it's", 'ü\n\0'];
  expect(decodeCursor(encodeCursor(parts), ['integer', 'number', 'text', 'text'])).toEqual(parts);
});

it('is nothing when there is none', () => {
  expect(decodeCursor(undefined, ['text'])).toBeUndefined();
});

it.each([
  '',
  'x',
  '%',
  encodeCursor(['1']),
  encodeCursor(['a', 'b']),
  encodeCursor(['1', 'b', 'c']),
  'WzEsMl0',
  'bnVsbA',
])('is refused when it is "%s"', (text) => expect(() => decodeCursor(text, ['integer', 'text'])).toThrow(CursorError));
