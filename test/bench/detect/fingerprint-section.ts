import { fingerprint } from '@profiler/analysis';
import { FUZZ_CORPUS } from '../../../packages/analysis/src/fuzz-corpus.fixture.ts';
import { fuzzQueries } from '../../../packages/analysis/src/fuzz-queries.fixture.ts';
import {
  isSemconvSummary,
  isSemconvText,
  SEMCONV_CASES,
} from '../../../packages/analysis/src/semconv-cases.fixture.ts';
import { sqllexerScore } from '../../../packages/analysis/src/sqllexer-score.fixture.ts';
import { type TableRow, table } from '../table.ts';
import type { DetectOptions } from './detect-options.ts';
import { hostileCosts } from './hostile-costs.ts';
import type { Section } from './section.ts';
import { type MixedQuery, SQL_MIX_KINDS, sqlMix } from './sql-mix.ts';
import { megabytesPerCpuSecond } from './throughput.ts';

const MIX_QUERIES = 30_000;
const LEXER_MB_PER_S_MIN = 50;
const AGREEMENT_MIN = 0.95;
const FUZZ_BYTES = 10_000_000;
/** Of a text four times as long: 4 is linear, 16 quadratic. */
const GROWTH_MAX = 8;

/** Fingerprints: conformance, speed on one core, hostile and fuzzed texts. */
export function fingerprintSection({ seed }: DetectOptions): Section {
  const texts = SEMCONV_CASES.filter(isSemconvText).length;
  const summaries = SEMCONV_CASES.filter(isSemconvSummary).length;
  const score = sqllexerScore();
  const agreeing = score.described - score.disagreements.length;
  const broken = [score.surviving, score.notIdempotent, score.apart, score.together, score.blind].map(
    (it) => it.length,
  );
  const mix = mixSpeed(seed);
  const hostile = hostileCosts();
  const fuzz = fuzzQueries({ bytes: FUZZ_BYTES, seed, corpus: FUZZ_CORPUS });
  const [surviving, notIdempotent, apart, together, blind] = broken;
  const of = (count: number, all: number) => `${count}/${all}`;
  const rows: TableRow[] = [
    ['semantic conventions, text', of(texts, SEMCONV_CASES.length), 'all'],
    ['semantic conventions, summary', of(summaries, SEMCONV_CASES.length), 'all'],
    [`go-sqllexer's ${score.cases} cases, surviving values`, surviving!, '0'],
    ['  not idempotent', notIdempotent!, '0'],
    ['  differ only in values, and do not meet', apart!, '0'],
    ['  differ in more, and meet', together!, '0'],
    ['  do not see a table renamed', blind!, '0'],
    ['  tables and commands agree', of(agreeing, score.described), `at least ${AGREEMENT_MIN * 100} %`],
    [`mix of ${MIX_QUERIES} different texts, MB`, mix.bytes / 1e6, SQL_MIX_KINDS.join('; ')],
    ['  without the cache, MB/s of CPU', mix.mbPerCpuSecond, `at least ${LEXER_MB_PER_S_MIN}`],
    ['  slowest kind, MB/s of CPU', mix.slowestMbPerCpuSecond, mix.slowestKind],
    [`hostile texts of 2^20 characters, ${hostile.shapes} shapes, slowest, ms`, hostile.slowestMs, hostile.slowest],
    ['  2^22 characters over 2^20, worst', hostile.growth, `${hostile.fastestGrowing}; 4 is linear`],
    ['fuzzed bytes', fuzz.bytes, `${fuzz.texts} texts, ${fuzz.faults.length} faults`],
  ];
  const faults = [
    ...(texts < SEMCONV_CASES.length || summaries < SEMCONV_CASES.length ? ['semantic conventions'] : []),
    ...(broken.some((count) => count > 0) ? ["go-sqllexer's cases"] : []),
    ...(agreeing / score.described < AGREEMENT_MIN ? ['tables and commands'] : []),
    ...(mix.mbPerCpuSecond < LEXER_MB_PER_S_MIN ? [`${mix.mbPerCpuSecond.toFixed(1)} MB/s`] : []),
    ...(hostile.growth > GROWTH_MAX ? [`not linear: ${hostile.fastestGrowing}`] : []),
    ...fuzz.faults,
  ];
  return {
    title: 'Fingerprints',
    text: table(rows),
    result: {
      semconv: { cases: SEMCONV_CASES.length, texts, summaries },
      sqllexer: score,
      mix,
      hostile,
      fuzz,
    },
    faults: faults.map((fault) => `fingerprints: ${fault}`),
  };
}

function mixSpeed(seed: number) {
  const queries = sqlMix(MIX_QUERIES, seed);
  const kinds = SQL_MIX_KINDS.map((kind) => ({ kind, ...speedOf(queries.filter((query) => query.kind === kind)) }));
  const slowest = kinds.reduce((a, b) => (b.mbPerCpuSecond < a.mbPerCpuSecond ? b : a));
  return { ...speedOf(queries), slowestKind: slowest.kind, slowestMbPerCpuSecond: slowest.mbPerCpuSecond };
}

function speedOf(queries: readonly MixedQuery[]) {
  const bytes = queries.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const mbPerCpuSecond = megabytesPerCpuSecond(bytes, () => {
    for (const { text, system } of queries) fingerprint(text, system);
  });
  return { bytes, mbPerCpuSecond };
}
