import { fingerprint } from './fingerprint.ts';
import { isQueryText } from './is-query-text.ts';
import { queryStructure } from './query-structure.ts';

export interface FuzzOptions {
  /** Texts are made until they hold this many bytes of UTF-16 together. */
  readonly bytes: number;
  readonly seed: number;
  /** Statements to spoil, of any dialect. */
  readonly corpus: readonly string[];
}

export interface FuzzOutcome {
  readonly texts: number;
  readonly bytes: number;
  /** What was wrong with which text, at most ten. */
  readonly faults: readonly string[];
}

export const FUZZ_SYSTEMS = [
  ...['', 'postgresql', 'mysql', 'sqlite', 'microsoft.sql_server', 'oracle.db'],
  ...['clickhouse', 'mongodb', 'redis'],
] as const;

const FAULTS_MAX = 10;
/** CPU time of all threads, for a text of some thousand characters. */
const TEXT_MS_MAX = 2_000;

/** Pieces that open, close, escape or join something in some dialect; then some that no line of source can hold. */
const FRAGMENTS = [
  ...String.raw`' " \` $ $$ $a$ [ ] ( ) { } , ; : :: @ @@ . .. -- /* */ /*! /*!40101 /*M!100100 # ## \ \' '' "" ]] % %s`.split(
    ' ',
  ),
  ...`%(a)s ? ?1 ?? - + 1 0x 1e .5 e E' q'[ ]' nq'! N' X' U&' _utf8' :a $1 @p IN VALUES ROW NULL =NULL`.split(' '),
  ...`true SELECT (SELECT WITH a é 😀 {"a": [{"a":1}, * = < | & ~ ),( FROM INTO UPDATE DELETE JOIN`.split(' '),
  ...[
    ' IN (',
    ' VALUES (',
    ' VALUES ROW(',
    '), ROW(',
    '-- ',
    '# ',
    ' ',
    '\n',
    '\t',
    '\0',
    '\u00a0',
    '\ud800',
    '\udc00',
  ],
];

/**
 * Fingerprints hostile texts by every dialect. Each must come back, soon, and be its own fingerprint; the same seed makes the same
 * texts.
 */
export function fuzzQueries({ bytes, seed, corpus }: FuzzOptions): FuzzOutcome {
  const next = numbers(seed);
  const faults: string[] = [];
  let texts = 0;
  let made = 0;
  while (made < bytes && faults.length < FAULTS_MAX) {
    const text = hostileText(next, corpus);
    texts++;
    made += 2 * text.length + 1;
    const system = FUZZ_SYSTEMS[next(FUZZ_SYSTEMS.length)]!;
    const fault = faultOf(text, system);
    if (fault !== undefined) faults.push(`${fault}, as ${system || 'unknown'}: ${JSON.stringify(text)}`);
  }
  return { texts, bytes: made, faults };
}

function faultOf(text: string, system: string): string | undefined {
  const before = process.cpuUsage();
  try {
    const once = fingerprint(text, system);
    if (isQueryText(text, system) !== isQueryText(once.text, system))
      return `is a query before or after (${once.text})`;
    const { summary } = queryStructure(text, system);
    if (summary.length > 255) return `has a summary of ${summary.length} characters`;
    const twice = fingerprint(once.text, system);
    if (twice.hex !== once.hex || twice.text !== once.text) {
      return `not idempotent (${JSON.stringify(once.text)}, then ${JSON.stringify(twice.text)})`;
    }
    const cpu = process.cpuUsage(before);
    const ms = (cpu.user + cpu.system) / 1_000;
    return ms > TEXT_MS_MAX ? `takes ${Math.round(ms)} ms` : undefined;
  } catch (error) {
    return `throws ${(error as Error).stack}`;
  }
}

function hostileText(next: Numbers, corpus: readonly string[]): string {
  switch (next(4)) {
    case 0:
      return Array.from({ length: next(40) }, () => FRAGMENTS[next(FRAGMENTS.length)]!).join('');
    case 1:
      return String.fromCharCode(...Array.from({ length: next(80) }, () => (next(8) > 0 ? next(128) : next(65_536))));
    default:
      return spoil(spoil(corpus[next(corpus.length)]!, next, corpus), next, corpus);
  }
}

/** Cuts, repeats, joins or breaks a statement at random places. */
function spoil(text: string, next: Numbers, corpus: readonly string[]): string {
  const [from, to] = [next(text.length + 1), next(text.length + 1)].sort((a, b) => a - b) as [number, number];
  switch (next(6)) {
    case 0:
      return text.slice(0, from);
    case 1:
      return text.slice(0, from) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(from);
    case 3:
      return text.slice(0, from) + corpus[next(corpus.length)]!.slice(next(200));
    default:
      return text.slice(0, from) + FRAGMENTS[next(FRAGMENTS.length)]! + text.slice(from);
  }
}

/** A whole number from 0 up to, not including, `limit`. */
type Numbers = (limit: number) => number;

/** Marsaglia's xorshift: enough to reach everything, and the same on each machine. */
function numbers(seed: number): Numbers {
  let state = seed | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
