/** What `profiler ci` found, as one document, and as text for a terminal or a log. */
import { count } from '../format.ts';
import { type Cell, paint, plainText } from '../table.ts';
import type { Comparison, EndpointComparison, Tolerance, Verdict } from './gate.ts';
import type { MoreCalls } from './more-calls.ts';
import { type NPlusOne, requestsOf, type Snapshot } from './snapshot.ts';

export interface RunSide {
  /** A file, or a collector and since when. */
  readonly name: string;
  readonly endpoints: number;
  readonly requests: number;
}

export interface EndpointReport {
  readonly service: string;
  readonly endpoint: string;
  readonly verdict: Verdict;
  readonly requests: number;
  readonly queriesPerRequest: number;
  /** `null` where the baseline does not know the endpoint. */
  readonly baseline: { readonly requests: number; readonly queriesPerRequest: number } | null;
  readonly newNPlusOnes: readonly NPlusOne[];
  /** Of an endpoint that has grown: what else a request does more often. */
  readonly moreCalls: readonly MoreCalls[];
}

/** What `--json` prints. */
export interface CiReport {
  readonly ok: boolean;
  readonly baseline: RunSide;
  readonly current: RunSide;
  readonly tolerance: Tolerance;
  /** Grown ones first. */
  readonly endpoints: readonly EndpointReport[];
  /** Endpoints of the baseline that got no request. */
  readonly notExercised: readonly { readonly service: string; readonly endpoint: string }[];
}

export function sideOf(name: string, snapshot: Snapshot): RunSide {
  return { name, endpoints: snapshot.endpoints.length, requests: requestsOf(snapshot) };
}

export function ciReport(
  sides: { baseline: RunSide; current: RunSide },
  { endpoints, notExercised }: Comparison,
  moreCallsOf: ReadonlyMap<EndpointComparison, readonly MoreCalls[]>,
  tolerance: Tolerance,
): CiReport {
  return {
    ok: endpoints.every(({ verdict }) => verdict !== 'grown'),
    ...sides,
    tolerance,
    endpoints: endpoints.map((each) => ({
      service: each.service,
      endpoint: each.endpoint,
      verdict: each.verdict,
      requests: each.current.requests,
      queriesPerRequest: each.current.queriesPerRequest,
      baseline:
        each.baseline === undefined
          ? null
          : { requests: each.baseline.requests, queriesPerRequest: each.baseline.queriesPerRequest },
      newNPlusOnes: each.newNPlusOnes,
      moreCalls: moreCallsOf.get(each) ?? [],
    })),
    notExercised: notExercised.map(({ service, endpoint }) => ({ service, endpoint })),
  };
}

const MARKS: Readonly<Record<Verdict, Cell>> = {
  grown: { text: 'FAIL', style: 'red' },
  new: { text: 'new ', style: 'cyan' },
  fewer: { text: 'less', style: 'green' },
  same: { text: 'same', style: 'green' },
  not_compared: { text: 'few ', style: 'yellow' },
};

export function ciText(report: CiReport): string {
  const { endpoints, notExercised } = report;
  const same = endpoints.filter(({ verdict }) => verdict === 'same').length;
  const told = endpoints.filter(({ verdict }) => verdict !== 'same');
  return [
    `baseline  ${sideText(report.baseline)}`,
    `this run  ${sideText(report.current)}`,
    '',
    ...told.flatMap(endpointLines),
    ...(same > 0 ? [`${mark('same')}  ${same} ${plural(same, 'endpoint')}`] : []),
    ...(notExercised.length > 0 ? [`      ${notExercised.length} of the baseline got no request`] : []),
    '',
    verdictText(report),
  ].join('\n');
}

/** One sentence. */
export function verdictText({ ok, endpoints }: CiReport): string {
  const grown = endpoints.filter(({ verdict }) => verdict === 'grown').length;
  if (ok) return 'no endpoint makes more queries than the baseline';
  return `${grown} ${plural(grown, 'endpoint')} ${grown === 1 ? 'makes' : 'make'} more queries than the baseline`;
}

/** `2 -> 8`, or what there is. */
export function changeText({ baseline, queriesPerRequest }: EndpointReport, arrow = '->'): string {
  const now = count(queriesPerRequest);
  return baseline === null ? now : `${count(baseline.queriesPerRequest)} ${arrow} ${now}`;
}

export function timesText({ callsPerRequest, baselineCallsPerRequest }: MoreCalls): string {
  const before = baselineCallsPerRequest === 0 ? '' : `, before ${count(baselineCallsPerRequest)}`;
  return `${count(callsPerRequest)} a request${before}`;
}

function endpointLines(each: EndpointReport): string[] {
  const { service, endpoint, verdict, requests } = each;
  const few = verdict === 'not_compared' ? `, of ${requests} ${plural(requests, 'request')}, too few to compare` : '';
  return [
    `${mark(verdict)}  ${plainText(service)}  ${plainText(endpoint)}  queries a request: ${changeText(each)}${few}`,
    ...each.newNPlusOnes.flatMap(({ repeats, query, callSite }) => [
      `      new N+1, ${repeats} times a request: ${plainText(query)}`,
      ...siteLines(callSite),
    ]),
    ...each.moreCalls.flatMap((query) => [
      `      ${timesText(query)}: ${plainText(query.text)}`,
      ...siteLines(query.callSite),
    ]),
  ];
}

function siteLines(callSite: string): string[] {
  return callSite === '' ? [] : [`      at ${plainText(callSite)}`];
}

function sideText({ name, endpoints, requests }: RunSide): string {
  return `${name}: ${endpoints} ${plural(endpoints, 'endpoint')}, ${requests} ${plural(requests, 'request')}`;
}

function mark(verdict: Verdict): string {
  const { style, text } = MARKS[verdict];
  return paint(style, text);
}

function plural(n: number, word: string): string {
  return n === 1 ? word : `${word}s`;
}
