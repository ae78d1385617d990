/** The lists of the API as tables: which columns a person needs first. */
import type { Endpoint, ExceptionGroup, Finding, Query, Regression, Request, Service, Summary } from '../api/types.ts';
import { count, moment, ms, pace, percent } from './format.ts';
import type { Cell, Column } from './table.ts';

/** What colours depend on; the collector says it. */
export interface Thresholds {
  readonly slowRequestThresholdMs: number;
}

export interface ListCommand<Row> {
  readonly name: string;
  readonly description: string;
  /** What an empty list means, and what to do. */
  readonly empty: string;
  /** Flags beside the shared ones: name, value, description. */
  readonly flags: readonly (readonly [flag: string, description: string])[];
  readonly columns: (thresholds: Thresholds) => readonly Column<Row>[];
}

const right = 'right';
const flexible = true;
const NO_REQUESTS = 'no requests in this time; `profiler doctor` says why there may be none';

const SEVERITIES = { critical: 'red', warning: 'yellow', info: 'cyan' } as const;

function severity(finding: Finding): Cell {
  return { text: finding.severity, style: SEVERITIES[finding.severity] };
}

function problems(value: number, text = count(value)): Cell {
  return { text, style: value > 0 ? 'red' : undefined };
}

const endpoints: ListCommand<Endpoint> = {
  name: 'endpoints',
  description: 'endpoints, by the time that their users waited for them',
  empty: NO_REQUESTS,
  flags: [
    ['--sort <order>', 'impact, p95, avg, requests, errors, n_plus_one or queries'],
    ['--q <text>', 'part of the route'],
  ],
  columns: ({ slowRequestThresholdMs }) => [
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'ENDPOINT', cell: (row) => `${row.method} ${row.route}`.trim(), flexible },
    { title: 'REQUESTS', cell: (row) => count(row.requests), align: right },
    { title: 'P50', cell: (row) => ms(row.p50Ms), align: right },
    { title: 'P95', cell: (row) => pace(row.p95Ms, slowRequestThresholdMs), align: right },
    { title: 'MAX', cell: (row) => ms(row.maxMs), align: right },
    { title: 'ERRORS', cell: (row) => problems(row.errors, percent(row.errorRate)), align: right },
    { title: 'SLOW', cell: (row) => problems(row.slowRequests), align: right },
    { title: 'QUERIES', cell: (row) => count(row.queriesPerRequest), align: right },
    { title: 'N+1', cell: (row) => problems(row.nPlusOneRequests), align: right },
  ],
};

const summaries: ListCommand<Summary> = {
  name: 'summaries',
  description: 'one row for each endpoint and window',
  empty: NO_REQUESTS,
  flags: [],
  columns: ({ slowRequestThresholdMs }) => [
    { title: 'WINDOW', cell: (row) => `${moment(row.windowStart)}${row.complete ? '' : ' (open)'}` },
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'ENDPOINT', cell: (row) => `${row.method} ${row.route}`.trim(), flexible },
    { title: 'REQUESTS', cell: (row) => count(row.requests), align: right },
    { title: 'AVG', cell: (row) => pace(row.avgMs, slowRequestThresholdMs), align: right },
    { title: 'P95', cell: (row) => pace(row.p95Ms, slowRequestThresholdMs), align: right },
    { title: 'MIN', cell: (row) => ms(row.minMs), align: right },
    { title: 'MAX', cell: (row) => ms(row.maxMs), align: right },
    { title: 'ERRORS', cell: (row) => problems(row.errors), align: right },
    { title: 'SLOW', cell: (row) => problems(row.slowRequests), align: right },
    { title: 'N+1', cell: (row) => problems(row.nPlusOneRequests), align: right },
  ],
};

const requests: ListCommand<Request> = {
  name: 'requests',
  description: 'single requests, newest first',
  empty: NO_REQUESTS,
  flags: [
    ['--method <method>', 'as in GET'],
    ['--status <codes>', 'codes or classes, as in 404,5xx'],
    ['--slow <bool>', 'true or false'],
    ['--exception <bool>', 'true or false'],
    ['--n-plus-one <bool>', 'true or false'],
    ['--q <text>', 'part of path, route or exception; or a trace id'],
    ['--min-ms <n>', 'at least this long'],
    ['--sort <order>', 'newest or slowest'],
  ],
  columns: ({ slowRequestThresholdMs }) => [
    { title: 'STARTED', cell: (row) => moment(row.startedAt) },
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'REQUEST', cell: (row) => `${row.method} ${row.path || row.route}`.trim(), flexible },
    { title: 'STATUS', cell: (row) => problems(row.error ? 1 : 0, String(row.statusCode || '-')), align: right },
    { title: 'TIME', cell: (row) => pace(row.durationMs, slowRequestThresholdMs), align: right },
    { title: 'QUERIES', cell: (row) => count(row.queryCount), align: right },
    { title: 'IN DB', cell: (row) => ms(row.queryMs), align: right },
    { title: 'N+1', cell: (row) => problems(row.nPlusOne ? 1 : 0, row.nPlusOne ? 'yes' : '-') },
    { title: 'EXCEPTION', cell: (row) => row.exceptionType ?? '-' },
    { title: 'TRACE', cell: (row) => row.traceId },
  ],
};

const queries: ListCommand<Query> = {
  name: 'queries',
  description: 'queries, by the time that they took in all',
  empty: 'no queries in this time; `profiler doctor` says whether spans of databases carry statements',
  flags: [['--q <text>', 'part of the text, or a fingerprint']],
  columns: () => [
    { title: 'FINGERPRINT', cell: (row) => row.fingerprint },
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'CALLS', cell: (row) => count(row.calls), align: right },
    { title: 'PER REQUEST', cell: (row) => count(row.callsPerRequest), align: right },
    { title: 'TOTAL', cell: (row) => ms(row.totalMs), align: right },
    { title: 'AVG', cell: (row) => ms(row.avgMs), align: right },
    { title: 'P95', cell: (row) => ms(row.p95Ms), align: right },
    { title: 'MAX', cell: (row) => ms(row.maxMs), align: right },
    { title: 'QUERY', cell: (row) => row.text, flexible },
  ],
};

const exceptions: ListCommand<ExceptionGroup> = {
  name: 'exceptions',
  description: 'exceptions by type and message, last seen first',
  empty: 'no exceptions in this time',
  flags: [['--q <text>', 'part of type or message']],
  columns: () => [
    { title: 'LAST SEEN', cell: (row) => moment(row.lastSeen) },
    { title: 'COUNT', cell: (row) => count(row.count), align: right },
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'ENDPOINT', cell: (row) => row.endpoint || '-' },
    { title: 'TYPE', cell: (row) => ({ text: row.type, style: 'red' }) },
    { title: 'MESSAGE', cell: (row) => row.message, flexible },
    { title: 'TRACE', cell: (row) => row.exampleTraceId || '-' },
  ],
};

const findings: ListCommand<Finding> = {
  name: 'findings',
  description: 'loops of queries and calls, duplicates, slow and too many queries, by the time that a fix would save',
  empty: 'no findings in this time',
  flags: [
    ['--state <states>', 'open, acknowledged, ignored or resolved; several with commas'],
    [
      '--type <types>',
      'n_plus_one, duplicate_query, cache_loop, slow_query, many_queries or n_plus_one_http; several with commas',
    ],
    ['--severity <severities>', 'info, warning or critical; several with commas'],
  ],
  columns: () => [
    { title: 'SEVERITY', cell: severity },
    { title: 'TYPE', cell: (row) => row.type },
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'ENDPOINT', cell: (row) => row.endpoint },
    { title: 'REPEATS', cell: (row) => count(row.repeatsP50), align: right },
    { title: 'MS/REQUEST', cell: (row) => ms(row.msPerRequest), align: right },
    { title: 'SEEN', cell: (row) => count(row.occurrences), align: right },
    { title: 'SAVES', cell: (row) => ms(row.savedMs), align: right },
    { title: 'STATE', cell: (row) => row.state },
    { title: 'CALLED FROM', cell: (row) => row.callSite || '-' },
    { title: 'QUERY', cell: (row) => row.query, flexible },
  ],
};

const regressions: ListCommand<Regression> = {
  name: 'regressions',
  description: 'endpoints that became slower or fail more often',
  empty: 'no regressions in this time',
  flags: [
    ['--state <state>', 'firing or resolved'],
    ['--explain <endpoint>', 'what the rules say of an endpoint in the last window, and why they do not fire'],
  ],
  columns: () => [
    { title: 'STARTED', cell: (row) => moment(row.startedAt) },
    { title: 'STATE', cell: (row) => ({ text: row.state, style: row.state === 'firing' ? 'red' : 'green' }) },
    { title: 'KIND', cell: (row) => row.kind },
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'ENDPOINT', cell: (row) => row.endpoint },
    { title: 'VERSION', cell: (row) => row.version || '-' },
    { title: 'WHAT', cell: (row) => row.explanation, flexible },
  ],
};

const services: ListCommand<Service> = {
  name: 'services',
  description: 'services and their versions',
  empty: NO_REQUESTS,
  flags: [],
  columns: ({ slowRequestThresholdMs }) => [
    { title: 'SERVICE', cell: (row) => row.service },
    { title: 'REQUESTS', cell: (row) => count(row.requests), align: right },
    { title: 'AVG', cell: (row) => pace(row.avgMs, slowRequestThresholdMs), align: right },
    { title: 'P95', cell: (row) => pace(row.p95Ms, slowRequestThresholdMs), align: right },
    { title: 'ERRORS', cell: (row) => problems(row.errors, percent(row.errorRate)), align: right },
    { title: 'LAST SEEN', cell: (row) => moment(row.lastSeen) },
    { title: 'PROFILER', cell: (row) => (row.instrumented ? 'yes' : 'plain OTLP') },
    { title: 'VERSIONS', cell: (row) => row.versions.map(({ version }) => version || '-').join(', '), flexible },
  ],
};

// biome-ignore lint/suspicious/noExplicitAny: each list has rows of its own
export const LISTS: readonly ListCommand<any>[] = [
  endpoints,
  summaries,
  requests,
  queries,
  exceptions,
  findings,
  regressions,
  services,
];
