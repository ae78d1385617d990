/**
 * What is wrong with an endpoint, in one sentence, from what the rules have found. The worst that holds is told: it
 * regressed; a finding stands; requests fail; nothing of these. Nothing is judged here.
 *
 *     headline                                          cause                                        call site
 *     p95 is 3.1 times what it was before 1.5.0 (...): 41 queries of SELECT ... a request, at orders.js:14.
 */
import type { Evidence } from './evidence.ts';
import type { Finding } from './findings.ts';
import type { Regression } from './regression.ts';

export interface Verdict {
  readonly state: 'regressed' | 'finding' | 'failing' | 'quiet';
  readonly sentence: string;
  readonly headline: string;
  readonly cause: string;
  readonly query: string;
  readonly callSite: string;
  readonly regressionKey: string;
  readonly findingKey: string;
}

export interface VerdictFacts {
  readonly requests: number;
  readonly errorRate: number;
  readonly p95Ms: number;
  /** p95 of the range before; `undefined` when it had no requests. */
  readonly p95MsBefore: number | undefined;
  /** Those that fire. */
  readonly regressions: readonly Regression[];
  /** Those that stand, heaviest first. */
  readonly findings: readonly Finding[];
  /** The most frequent. */
  readonly exception: { readonly type: string; readonly message: string } | undefined;
  /** The line that calls a query, by its normalised text; `''` when unknown. */
  readonly callSiteOf: (query: string) => string;
}

interface Cause {
  readonly cause: string;
  readonly query: string;
  readonly callSite: string;
  readonly findingKey: string;
}

const NO_CAUSE: Cause = { cause: '', query: '', callSite: '', findingKey: '' };
/** Characters of a text from spans that a sentence can carry. */
const TEXT_CHARACTERS_MAX = 90;
/** Fewer failures are no headline. */
const ERROR_RATE_MIN = 0.01;

export function verdict(facts: VerdictFacts): Verdict {
  const regression = worst(facts.regressions);
  if (regression !== undefined) {
    const cause = causeOfRegression(regression, facts);
    return told('regressed', headlineOf(regression), cause, regression.key);
  }
  const [finding] = facts.findings;
  if (finding !== undefined) {
    const { requests, p95Ms } = facts;
    return told('finding', `p95 is ${ms(p95Ms)} over ${requests} requests`, causeOfFinding(finding));
  }
  const { exception } = facts;
  if (exception !== undefined && facts.errorRate >= ERROR_RATE_MIN) {
    const cause = `most with ${short(`${exception.type}: ${exception.message}`)}`;
    return told('failing', `${percent(facts.errorRate)} of requests fail`, { ...NO_CAUSE, cause });
  }
  return told('quiet', `nothing stands out: ${usual(facts)}`, NO_CAUSE);
}

function told(state: Verdict['state'], headline: string, cause: Cause, regressionKey = ''): Verdict {
  const why = cause.cause === '' ? '' : `: ${cause.cause}`;
  const where = cause.callSite === '' ? '' : `, at ${cause.callSite}`;
  const sentence = `${headline}${why}${where}.`;
  return {
    state,
    sentence: sentence.replace(/^[a-z](?!\d)/, (letter) => letter.toUpperCase()),
    headline,
    regressionKey,
    ...cause,
  };
}

/** Of several rules' alerts one with evidence says more than one without; then the larger change. */
function worst(regressions: readonly Regression[]): Regression | undefined {
  const weight = ({ kind, change }: Regression) => (kind === 'error_rate' ? 1 + change * 10 : change);
  return [...regressions].sort(
    (a, b) => Number(b.evidence !== null) - Number(a.evidence !== null) || weight(b) - weight(a),
  )[0];
}

function headlineOf({ kind, signal, baseline, current, change, version, startedAt, evidence }: Regression): string {
  const before = `before ${version === '' ? `${startedAt.slice(0, 16).replace('T', ' ')} UTC` : version}`;
  if (kind === 'error_rate') return `${percent(current)} of requests fail, ${percent(baseline)} ${before}`;
  const p95 = evidence === null ? undefined : ([evidence.before.p95Ms, evidence.since.p95Ms] as const);
  const [what, was, is] =
    p95 !== undefined && p95[0] > 0 && p95[1] / p95[0] >= 1.1
      ? (['p95', ...p95] as const)
      : ([
          { average: 'the average', typical: 'the geometric mean', tail: 'p95', errors: '' }[signal],
          baseline,
          current,
        ] as const);
  const times = was > 0 ? is / was : change;
  return `${what} is ${times.toFixed(1)} times what it was ${before} (${ms(is)}, ${ms(was)} before)`;
}

function causeOfRegression({ version, evidence }: Regression, { findings, callSiteOf }: VerdictFacts): Cause {
  const isNew = ({ query, firstVersion }: Finding, { newQueries, newNPlusOnes }: Evidence) =>
    newNPlusOnes.includes(query) || newQueries.includes(query) || (version !== '' && firstVersion === version);
  const came = evidence === null ? undefined : findings.find((finding) => isNew(finding, evidence));
  if (came !== undefined) return causeOfFinding(came);
  const query = evidence?.newQueries[0];
  if (query !== undefined) {
    return { cause: `a new query, ${short(query)}`, query, callSite: callSiteOf(query), findingKey: '' };
  }
  if (evidence !== null && evidence.since.queriesPerRequest > evidence.before.queriesPerRequest * 1.1 + 0.1) {
    const { before, since } = evidence;
    return { ...NO_CAUSE, cause: `${since.queriesPerRequest} queries a request, ${before.queriesPerRequest} before` };
  }
  const [heaviest] = findings;
  if (heaviest === undefined) return NO_CAUSE;
  const known = causeOfFinding(heaviest);
  return { ...known, cause: `no query came with it; its heaviest finding is ${known.cause}` };
}

function causeOfFinding(finding: Finding): Cause {
  const { type, query, repeatsP50, msPerRequest, callSite, key } = finding;
  const text = short(query);
  const causes: Record<Finding['type'], string> = {
    n_plus_one: `${repeatsP50} queries of ${text} a request`,
    duplicate_query: `${repeatsP50} times the same ${text} a request`,
    cache_loop: `${repeatsP50} reads of a cache by ${text} a request`,
    n_plus_one_http: `${repeatsP50} HTTP calls of ${text} a request`,
    slow_query: `${text} takes ${ms(msPerRequest)} a request`,
    many_queries: `${repeatsP50} queries a request that are no loop`,
  };
  return { cause: causes[type], query, callSite, findingKey: key };
}

function usual({ requests, p95Ms, p95MsBefore }: VerdictFacts): string {
  if (requests === 0) return 'no request in this time range';
  const before = p95MsBefore === undefined ? '' : `, ${ms(p95MsBefore)} in the range before`;
  return `p95 is ${ms(p95Ms)} over ${requests} requests${before}`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > TEXT_CHARACTERS_MAX ? `${line.slice(0, TEXT_CHARACTERS_MAX - 1)}…` : line;
}

function ms(durationMs: number): string {
  return durationMs >= 1000
    ? `${(durationMs / 1000).toFixed(2)} s`
    : `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`;
}

const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`;
