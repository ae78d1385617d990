import { expect, it } from 'vitest';
import { attributeShares } from './attribute-shares.ts';

const spans = (count: number, attributes: (index: number) => Record<string, string>) =>
  Array.from({ length: count }, (_, index) => attributes(index));

it('tells what the slow share and the others have not, the largest difference first', () => {
  const slow = spans(100, (i) => ({ region: i < 92 ? 'eu' : 'us', plan: i < 60 ? 'free' : 'paid', host: `h${i % 4}` }));
  const others = spans(400, (i) => ({
    region: i < 124 ? 'eu' : 'us',
    plan: i < 80 ? 'free' : 'paid',
    host: `h${i % 4}`,
  }));
  const shares = attributeShares(slow, others, 10);
  expect(shares.map(({ attribute, value }) => `${attribute} = ${value}`)).toEqual(['region = eu', 'plan = free']);
  expect(shares[0]).toEqual({
    attribute: 'region',
    value: 'eu',
    slowCount: 92,
    otherCount: 124,
    slowShare: 0.92,
    otherShare: 0.31,
  });
});

it('tells an attribute that only the slow carry', () => {
  const slow = spans(20, () => ({ 'http.request.header.x-debug': 'on' }));
  expect(
    attributeShares(
      slow,
      spans(80, () => ({})),
      10,
    ),
  ).toMatchObject([{ slowShare: 1, otherShare: 0 }]);
});

it('leaves out what chance explains, single spans, and texts that label nothing', () => {
  const few = spans(5, (i) => ({ region: i < 3 ? 'eu' : 'us' }));
  expect(
    attributeShares(
      few,
      spans(20, (i) => ({ region: i < 8 ? 'eu' : 'us' })),
      10,
    ),
  ).toEqual([]);
  const ids = (from: number) => (i: number) => ({ id: String(from + i), token: 'x'.repeat(201) });
  expect(
    attributeShares(
      spans(200, ids(0)),
      spans(800, () => ({})),
      10,
    ),
  ).toEqual([]);
  expect(attributeShares([], spans(5, ids(0)), 10)).toEqual([]);
});

it('calls nothing a difference in spans that are split by chance, in 60 trials of 20 attributes', () => {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const any = () =>
    Object.fromEntries(Array.from({ length: 20 }, (_, key) => [`k${key}`, String(Math.floor(random() * 3))]));
  let told = 0;
  for (let trial = 0; trial < 60; trial++) told += attributeShares(spans(100, any), spans(400, any), 20).length;
  expect(told).toBeLessThanOrEqual(1);
});
