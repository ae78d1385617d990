import { describe, expect, it } from 'vitest';
import { duration, pace } from './duration.ts';

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [0.004, '<0.01 ms'],
    [0.42, '0.42 ms'],
    [8.3, '8.3 ms'],
    [10, '10 ms'],
    [99.96, '100 ms'],
    [417.4, '417 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [2410, '2.41 s'],
    [59_949, '59.9 s'],
    [60_000, '1 min'],
    [185_000, '3 min 5 s'],
    [Number.NaN, '–'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('pace', () => {
  it('is green below 500 ms, red from the slow threshold on, orange between', () => {
    expect([0, 499.9, 500, 999.9, 1000, 5000].map((ms) => pace(ms, 1000))).toEqual([
      'fast',
      'fast',
      'medium',
      'medium',
      'slow',
      'slow',
    ]);
  });

  it('is red from a threshold below 500 ms, too', () => {
    expect([199, 200, 600].map((ms) => pace(ms, 200))).toEqual(['fast', 'slow', 'slow']);
  });
});
