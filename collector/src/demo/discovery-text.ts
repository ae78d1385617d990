import { relative } from 'node:path';
import type { Discovery } from './discoveries.ts';

const LABEL_CHARACTERS = 12;

/** A few lines for a person: what it is and where, then what it costs and which line does it. */
export function discoveryText(discovery: Discovery, directory = process.cwd()): string {
  const [label, ...lines] = parts(discovery, directory);
  return lines
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? label! : '').padEnd(LABEL_CHARACTERS) + line)
    .join('\n');
}

function parts(discovery: Discovery, directory: string): string[] {
  switch (discovery.found) {
    case 'n_plus_one':
      return [
        'N+1',
        discovery.endpoint,
        `${repeats(discovery.repeatsP50, discovery.repeatsMax)} a request, ${ms(discovery.msPerRequest)}: ${discovery.query}`,
        at(discovery.callSite, directory),
      ];
    case 'slow_query':
      return [
        'slow query',
        discovery.endpoint,
        `${ms(discovery.msPerRequest)} a request: ${discovery.query}`,
        at(discovery.callSite, directory),
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

/** Shorter where the file is in the directory that the reader is in. */
function at(callSite: string, directory: string): string {
  if (callSite === '') return '';
  const path = callSite.replace(/^file:\/\//, '');
  const inside = relative(directory, path);
  return `at ${inside.startsWith('..') ? path : inside}`;
}
