import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

interface Case {
  readonly name: string;
  readonly input: { readonly 'db.system.name': string; readonly query: string };
  readonly expected: { readonly 'db.query.text': readonly string[] };
}

/** Of the OpenTelemetry semantic conventions, Apache-2.0; see fixtures/README.md. */
const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../fixtures/semconv-db-sql-test-cases.json', import.meta.url), 'utf8'),
);

/** Cases whose text is not met yet, with the reason. */
const NOT_MET: Readonly<Record<string, string>> = {};

/** The convention leaves white space as it was; a fingerprint folds it, so it is folded here on both sides. */
const fold = (text: string) => text.replace(/\s+/g, ' ').trim();

describe("the semantic conventions' own cases", () => {
  it.each(CASES.map((it) => [it.name, it] as const))('%s', (name, { input, expected }) => {
    const { text } = fingerprint(input.query, input['db.system.name']);
    const isMet = expected['db.query.text'].map(fold).includes(text);
    expect(isMet, `${text}\n${NOT_MET[name] ?? ''}`).toBe(!(name in NOT_MET));
  });

  it('are all there', () => expect(CASES).toHaveLength(24));
});
