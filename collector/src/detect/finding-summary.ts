import type { FindingType } from '@profiler/analysis';

/** What a finding says of itself. */
export interface FindingFacts {
  readonly type: FindingType;
  readonly endpoint: string;
  readonly query: string;
  readonly repeatsP50: number;
  readonly repeatsMax: number;
  readonly msPerRequest: number;
  /** The slowest request's queries: the longest call, in milliseconds. */
  readonly callMsMax: number;
  /** `''` when unknown. */
  readonly callSite: string;
  readonly distinctValues: number | null;
}

/** Characters of a query's text that a sentence can carry. */
const QUERY_LENGTH_MAX = 120;

/** One sentence: which query, how often or how long, in which endpoint, from which line. */
export function findingSummary(facts: FindingFacts): string {
  const { type, endpoint, repeatsP50, repeatsMax, msPerRequest, callMsMax } = facts;
  const query = facts.query.length > QUERY_LENGTH_MAX ? `${facts.query.slice(0, QUERY_LENGTH_MAX - 1)}…` : facts.query;
  const from = facts.callSite === '' ? '' : `, called from ${facts.callSite}`;
  if (type === 'slow_query') {
    return `${query} takes up to ${callMsMax.toFixed(1)} ms in ${endpoint}, ${msPerRequest.toFixed(1)} ms a request${from}`;
  }
  const most = repeatsMax > repeatsP50 ? ` (at most ${repeatsMax})` : '';
  if (type === 'many_queries') {
    return `A request of ${endpoint} makes ${repeatsP50} queries${most} that are no loop, ${msPerRequest.toFixed(1)} ms in all`;
  }
  const same = facts.distinctValues === 1 ? ', always with the same values' : '';
  return `${query} runs ${repeatsP50} times${most} in a request of ${endpoint}${same}, ${msPerRequest.toFixed(1)} ms in all${from}`;
}

/** `file:line`, and ` (function)` where it is known; `''` without a file. */
export function callSiteText(file: string, line: number, functionName: string): string {
  if (file === '') return '';
  return `${file}:${line}${functionName === '' ? '' : ` (${functionName})`}`;
}
