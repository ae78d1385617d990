import { expect, it } from 'vitest';
import { scrolled } from './scrolled.ts';

it('makes a stop of what is long, over one line or over many, and of nothing else', () => {
  expect(scrolled('card declined')).toEqual({});
  expect(scrolled('x'.repeat(10_000))).toEqual({ tabIndex: 0 });
  expect(scrolled('\n'.repeat(10))).toEqual({ tabIndex: 0 });
});
