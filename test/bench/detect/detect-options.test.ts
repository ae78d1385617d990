import { expect, it } from 'vitest';
import { readDetectOptions } from './detect-options.ts';

const KNOWN = ['fingerprint', 'simulation'];

it('runs every section by default, in their order', () => {
  expect(readDetectOptions([], KNOWN)).toEqual({ seed: 1, json: false, sections: KNOWN });
  expect(readDetectOptions(['--seed', '42', '--json', '--only', 'simulation'], KNOWN)).toEqual({
    seed: 42,
    json: true,
    sections: ['simulation'],
  });
});

it('says what is wrong', () => {
  expect(() => readDetectOptions(['--only', 'other'], KNOWN)).toThrow('--only takes one of fingerprint, simulation');
  expect(() => readDetectOptions(['--seed', 'x'], KNOWN)).toThrow('--seed');
  expect(() => readDetectOptions(['--sed', '1'], KNOWN)).toThrow('--sed');
});
