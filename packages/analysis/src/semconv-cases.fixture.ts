import CASES from '../fixtures/semconv-db-sql-test-cases.json' with { type: 'json' };
import { fingerprint } from './fingerprint.ts';
import { queryStructure } from './query-structure.ts';

export type SemconvCase = (typeof CASES)[number];

/** Of the OpenTelemetry semantic conventions, Apache-2.0; see fixtures/README.md. */
export const SEMCONV_CASES: readonly SemconvCase[] = CASES;

/** The convention leaves white space as it was; a fingerprint folds it, so it is folded here on both sides. */
const fold = (text: string) => text.replace(/\s+/g, ' ').trim();

export function isSemconvText({ input, expected }: SemconvCase): boolean {
  return expected['db.query.text'].map(fold).includes(fingerprint(input.query, input['db.system.name']).text);
}

/** Both of the text as it is and of what is stored of it. */
export function isSemconvSummary({ input, expected }: SemconvCase): boolean {
  const system = input['db.system.name'];
  const texts = [input.query, fingerprint(input.query, system).text];
  return texts.every((text) => queryStructure(text, system).summary === expected['db.query.summary']);
}
