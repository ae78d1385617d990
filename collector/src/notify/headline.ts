import type { Regression } from '../detect/regression.ts';
import { more } from '../detect/scan-explanation.ts';
import { distinctEndpoints, type Notification } from './notification.ts';

/** Endpoints that a message lists; of more it says how many. */
const LISTED_MAX = 10;

/** What a person reads first: one line of plain text, such as `shop: GET /orders became slower: 120.5 ms to 890.3 ms`. */
export function headline({ change, service, version, regressions }: Notification): string {
  const endpoints = distinctEndpoints(regressions);
  const [worst] = endpoints;
  const prefix = service === '' ? '' : `${service}: `;
  if (endpoints.length === 1) {
    return prefix + (change === 'firing' ? becameWorse(worst!) : `${worst!.endpoint} is back to normal`);
  }
  if (change === 'resolved') return `${prefix}${endpoints.length} endpoints are back to normal`;
  const since = version === '' ? '' : ` since ${version}`;
  return `${prefix}${endpoints.length} endpoints regressed${since}; worst: ${becameWorse(worst!)}`;
}

/** What a person reads next: the worst endpoint explained, then the others, then what they do more of. */
export function details({ change, regressions }: Notification): string {
  const [worst, ...others] = distinctEndpoints(regressions);
  if (others.length === 0 && change === 'firing') return worst!.explanation;
  const listed = (change === 'firing' ? others : [worst!, ...others]).slice(0, LISTED_MAX);
  const left = (change === 'firing' ? others.length : others.length + 1) - listed.length;
  return [
    ...(change === 'firing' ? [worst!.explanation] : []),
    ...listed.map((one) => (change === 'firing' ? withMore(one) : `${becameWorse(one)}; over since ${one.resolvedAt}`)),
    ...(left > 0 ? [`and ${left} more`] : []),
  ].join('\n');
}

function withMore(regression: Regression): string {
  const additions = regression.evidence === null ? [] : more(regression.evidence);
  return [becameWorse(regression), ...additions].join('. ').replace('..', '.');
}

function becameWorse({ kind, endpoint, baseline, current, signal }: Regression): string {
  return kind === 'response_time'
    ? `${endpoint} became slower${signal === 'tail' ? ' at p95' : ''}: ${baseline.toFixed(1)} ms to ${current.toFixed(1)} ms`
    : `${endpoint} fails more often: ${percent(baseline)} to ${percent(current)} of requests`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}

/** Cuts a text to what a receiver takes, in UTF-16 code units, without leaving half a surrogate pair. */
export function clip(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
