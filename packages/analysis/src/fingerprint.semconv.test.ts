import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { queryStructure } from './query-structure.ts';
import { isSemconvSummary, isSemconvText, SEMCONV_CASES } from './semconv-cases.fixture.ts';

describe("the semantic conventions' own cases", () => {
  it('are all there', () => expect(SEMCONV_CASES).toHaveLength(24));

  describe.each(SEMCONV_CASES)('$name', (semconv) => {
    const { query, 'db.system.name': system } = semconv.input;

    it('has the text', () => expect(isSemconvText(semconv), fingerprint(query, system).text).toBe(true));
    it('has the summary', () => expect(isSemconvSummary(semconv), queryStructure(query, system).summary).toBe(true));
  });
});
