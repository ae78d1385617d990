// What stands above the list of endpoints: what fires and what was found, the worst first, a line each.

import type { Finding, Regression } from '@profiler/collector/api-types';

export type Alert =
  | { readonly kind: 'regression'; readonly key: string; readonly severe: boolean; readonly regression: Regression }
  | { readonly kind: 'finding'; readonly key: string; readonly severe: boolean; readonly finding: Finding };

/** From here on a regression is as grave as a critical finding: the notifier's own bounds. */
const SEVERE_FACTOR = 2;
const SEVERE_POINTS = 0.1;

/**
 * Severe ones first, of these regressions before findings, each kind in the API's own order. Of several rules' alerts about
 * the same endpoint and kind one is told: the one with evidence, or else the larger.
 */
export function alertsOf(regressions: readonly Regression[], findings: readonly Finding[]): Alert[] {
  const told = new Map<string, Regression>();
  for (const regression of regressions) {
    const subject = [regression.service, regression.environment, regression.endpoint, regression.kind].join('\0');
    const known = told.get(subject);
    if (known === undefined || says(regression) > says(known)) told.set(subject, regression);
  }
  const alerts: Alert[] = [
    ...[...told.values()].map(
      (regression): Alert => ({ kind: 'regression', key: regression.key, severe: isSevere(regression), regression }),
    ),
    ...findings.map(
      (finding): Alert => ({ kind: 'finding', key: finding.key, severe: finding.severity === 'critical', finding }),
    ),
  ];
  return alerts.sort((a, b) => Number(b.severe) - Number(a.severe));
}

const says = ({ evidence, change }: Regression) => (evidence === null ? 0 : 1_000_000) + change;

function isSevere({ kind, change }: Regression): boolean {
  return kind === 'response_time' ? change >= SEVERE_FACTOR : change >= SEVERE_POINTS;
}
