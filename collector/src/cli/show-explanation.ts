import type { EndpointExplanation } from '../api/types.ts';
import { moment } from './format.ts';
import { paint } from './table.ts';

/** What each rule says of an endpoint, and why it does not fire where it does not: a line each. */
export function explanationText(explanations: readonly EndpointExplanation[]): string {
  return explanations
    .map(({ service, environment, endpoint, windowStart, windowMinutes, verdicts }) => {
      const where = environment === '' ? service : `${service} (${environment})`;
      const title = `${where}: ${endpoint}, window ${moment(windowStart)} UTC, ${windowMinutes} min`;
      const lines = verdicts.map(({ rule, kind, state, reason }) => {
        const shown = paint(state === 'quiet' ? 'green' : 'red', state.padEnd(6));
        return `  ${shown}  ${rule.padEnd(5)}  ${kind.padEnd(13)}  ${reason}`;
      });
      return [title, ...lines].join('\n');
    })
    .join('\n');
}
