import { relative, resolve } from 'node:path';
import type { Discovery } from './discoveries.ts';

const LABEL_CHARACTERS = 12;

export interface Places {
  /** Directory of the app: its call sites are paths within it. */
  readonly app: string;
  /** Directory that the reader is in. @default the working directory */
  readonly reader?: string;
}

/** A few lines for a person: what it is and where, then what it costs and which line does it. */
export function discoveryText(discovery: Discovery, places: Places): string {
  const [label, ...lines] = parts(discovery, places);
  return lines
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? label! : '').padEnd(LABEL_CHARACTERS) + line)
    .join('\n');
}

function parts(discovery: Discovery, places: Places): string[] {
  switch (discovery.found) {
    case 'n_plus_one':
      return [
        'N+1',
        discovery.endpoint,
        `${repeats(discovery.repeatsP50, discovery.repeatsMax)} a request, ${ms(discovery.msPerRequest)}: ${discovery.query}`,
        at(discovery.callSite, places),
      ];
    case 'slow_query':
      return [
        'slow query',
        discovery.endpoint,
        `${ms(discovery.msPerRequest)} a request: ${discovery.query}`,
        at(discovery.callSite, places),
      ];
    case 'exception':
      return ['exception', discovery.endpoint, `${discovery.type}: ${discovery.message}`];
    case 'regression':
      return [
        'regression',
        discovery.endpoint,
        change(discovery) + (discovery.version === '' ? '' : `, since ${discovery.version}`),
      ];
  }
}

const repeats = (p50: number, max: number): string => (p50 === max ? `${p50} times` : `${p50} times (up to ${max})`);

const ms = (durationMs: number): string => `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`;

function change({ kind, baseline, current }: Extract<Discovery, { found: 'regression' }>): string {
  if (kind === 'error_rate') return `errors from ${percent(baseline)} to ${percent(current)} of requests`;
  const factor = baseline > 0 ? ` (${(current / baseline).toFixed(1)} times)` : '';
  return `average from ${ms(baseline)} to ${ms(current)}${factor}`;
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;

/** As an editor's terminal opens it: from where the reader is, or whole when that leads out of there. */
function at(callSite: string, { app, reader = process.cwd() }: Places): string {
  if (callSite === '') return '';
  const path = resolve(app, callSite);
  const inside = relative(reader, path);
  return `at ${inside.startsWith('..') ? path : inside}`;
}
