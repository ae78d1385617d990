import { fingerprint } from '@profiler/analysis';
import { type TableRow, table } from '../table.ts';
import type { DetectOptions } from './detect-options.ts';
import type { Section } from './section.ts';
import { SQL_MIX_KINDS, sqlMix } from './sql-mix.ts';
import { megabytesPerCpuSecond } from './throughput.ts';

const MIX_QUERIES = 30_000;
const LEXER_MB_PER_S_MIN = 50;

/** How fast fingerprints are, on one core. */
export function fingerprintSection({ seed }: DetectOptions): Section {
  const queries = sqlMix(MIX_QUERIES, seed);
  const bytes = queries.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const uncached = megabytesPerCpuSecond(bytes, () => {
    for (const { text, system } of queries) fingerprint(text, system);
  });
  const rows: TableRow[] = [
    [`mix of ${MIX_QUERIES} texts, MB`, bytes / 1e6, SQL_MIX_KINDS],
    ['without the cache, MB/s of CPU', uncached, `at least ${LEXER_MB_PER_S_MIN}`],
  ];
  return {
    title: 'Fingerprints',
    text: table(rows),
    result: { mixBytes: bytes, uncachedMbPerS: uncached },
    faults: uncached < LEXER_MB_PER_S_MIN ? [`fingerprints: ${uncached.toFixed(1)} MB/s`] : [],
  };
}
