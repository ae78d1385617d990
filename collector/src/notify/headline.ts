import type { Regression } from '../detect/regression.ts';

/** What a person reads first: one line of plain text, such as `GET /orders became slower: 120.5 ms to 890.3 ms`. */
export function headline(regression: Regression): string {
  const { kind, service, endpoint, baseline, current } = regression;
  const where = service === '' ? endpoint : `${service}: ${endpoint}`;
  return kind === 'response_time'
    ? `${where} became slower: ${baseline.toFixed(1)} ms to ${current.toFixed(1)} ms`
    : `${where} fails more often: ${percent(baseline)} to ${percent(current)} of requests`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}

/** Cuts a text to what a receiver takes, in UTF-16 code units, without leaving half a surrogate pair. */
export function clip(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
