import { expect, it } from 'vitest';
import { FUZZ_CORPUS } from './fuzz-corpus.fixture.ts';
import { fuzzQueries } from './fuzz-queries.fixture.ts';

it('hostile texts have fingerprints of their own, by every dialect', () => {
  const { texts, bytes, faults } = fuzzQueries({ bytes: 10_000_000, seed: 20_260_115, corpus: FUZZ_CORPUS });
  expect(faults).toEqual([]);
  expect(bytes).toBeGreaterThanOrEqual(10_000_000);
  expect(texts).toBeGreaterThan(20_000);
}, 120_000);
