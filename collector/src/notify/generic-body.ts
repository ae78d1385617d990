import type { Regression } from '../detect/regression.ts';
import { details, headline } from './headline.ts';
import type { Notification } from './notification.ts';

/** Regressions in a body, the worst first; `endpointCount` says of how many. */
const REGRESSIONS_MAX = 100;

/**
 * The body for any receiver: the four fields that the Django profiler sends (`type`, `route`, and both averages or both
 * rates) of the worst endpoint, so that a receiver made for it goes on working; beside them that regression as
 * `GET /api/v1/regressions` shows it, and all of them. Of what is over, `type` is `resolved`.
 */
export function genericBody(notification: Notification): object {
  const { change, regressions } = notification;
  const { route, kind, ...ours } = regressions[0]!;
  return {
    type: change === 'resolved' ? 'resolved' : kind,
    route,
    ...seedNumbers(regressions[0]!),
    kind,
    ...ours,
    notificationKey: notification.key,
    summary: headline(notification),
    details: details(notification),
    endpointCount: new Set(regressions.map(({ method, route }) => JSON.stringify([method, route]))).size,
    regressions: regressions.slice(0, REGRESSIONS_MAX),
  };
}

/** Averages are averages: what `scan` compares is not one, so they come from its evidence. */
function seedNumbers({ kind, rule, baseline, current, evidence }: Regression): object {
  if (kind === 'error_rate') return { previous_rate: rounded(baseline, 4), current_rate: rounded(current, 4) };
  const [before, since] =
    rule === 'scan' && evidence !== null ? [evidence.before.avgMs, evidence.since.avgMs] : [baseline, current];
  return { previous_avg_ms: rounded(before, 3), current_avg_ms: rounded(since, 3) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
