import { expect, it } from 'vitest';
import { count, counted, percent, perRequest } from './count.ts';

it('counts whole, and short from a hundred thousand on', () => {
  expect([0, 1234, 99_999, 123_400, 1_234_567].map(count)).toEqual(['0', '1,234', '99,999', '123.4K', '1.2M']);
});

it('never rounds what happened to nothing, nor what is missing to all', () => {
  expect([0, 0.0004, 0.002, 0.125, 0.994, 0.996, 1].map(percent)).toEqual([
    '0 %',
    '<0.1 %',
    '0.2 %',
    '13 %',
    '99 %',
    '>99 %',
    '100 %',
  ]);
});

it('writes an average with one decimal, a count with its noun', () => {
  expect([41, 3.24, 141.6].map(perRequest)).toEqual(['41', '3.2', '142']);
  expect([counted(1, 'span is', 'spans are'), counted(2, 'request')]).toEqual(['1 span is', '2 requests']);
});
