import type { ComputeResult } from '../api/types.ts';
import { moment } from './format.ts';
import { paint } from './table.ts';

/** The window, then a line for each regression that fires or was resolved. */
export function computeText(result: ComputeResult): string {
  const { windowStart, windowMinutes, endpoints, regressions, resolved } = result;
  const opened = regressions.filter((regression) => regression.windowStart === windowStart);
  const window = `window ${moment(windowStart)} UTC, ${windowMinutes} min: ${endpoints} endpoints, ${opened.length} new regressions, ${regressions.length} firing, ${resolved.length} resolved`;
  return [
    window,
    ...regressions.map(({ service, explanation }) => `${paint('red', 'firing')}    ${service}: ${explanation}`),
    ...resolved.map(({ service, endpoint, kind }) => `${paint('green', 'resolved')}  ${service}: ${endpoint}: ${kind}`),
  ].join('\n');
}
