// What stands above the list of endpoints: what fires and what was found, the worst first, a line each.

import type { Finding, Regression } from '@profiler/collector/api-types';

export type Alert =
  | {
      readonly kind: 'regression';
      readonly key: string;
      readonly severe: boolean;
      readonly regression: Regression;
      readonly cause: Finding | undefined;
    }
  | { readonly kind: 'finding'; readonly key: string; readonly severe: boolean; readonly finding: Finding };

/** From here on a regression is as grave as a critical finding: the notifier's own bounds. */
const SEVERE_FACTOR = 2;
const SEVERE_POINTS = 0.1;

/**
 * Severe ones first, of these regressions before findings, each kind in the API's own order. Of several rules' alerts about
 * the same endpoint and kind one is told: the one with evidence, or else the larger. A finding that came with a regression
 * is told with it, not beside it.
 */
export function alertsOf(regressions: readonly Regression[], findings: readonly Finding[]): Alert[] {
  const told = new Map<string, Regression>();
  for (const regression of regressions) {
    const subject = [regression.service, regression.environment, regression.endpoint, regression.kind].join('\0');
    const known = told.get(subject);
    if (known === undefined || says(regression) > says(known)) told.set(subject, regression);
  }
  const causes = new Map([...told.values()].map((regression) => [regression, causeOf(regression, findings)]));
  const asCause = new Set(causes.values());
  const alerts: Alert[] = [
    ...[...causes].map(
      ([regression, cause]): Alert => ({
        kind: 'regression',
        key: regression.key,
        severe: isSevere(regression),
        regression,
        cause,
      }),
    ),
    ...findings
      .filter((finding) => !asCause.has(finding))
      .map(
        (finding): Alert => ({ kind: 'finding', key: finding.key, severe: finding.severity === 'critical', finding }),
      ),
  ];
  return alerts.sort((a, b) => Number(b.severe) - Number(a.severe));
}

/** The heaviest finding of its endpoint that was not there before: by its query, or by the version that brought it. */
function causeOf({ service, endpoint, version, evidence }: Regression, findings: readonly Finding[]) {
  const fresh = [...(evidence?.newNPlusOnes ?? []), ...(evidence?.newQueries ?? [])];
  return findings.find(
    (finding) =>
      finding.service === service &&
      finding.endpoint === endpoint &&
      (fresh.includes(finding.query) || (version !== '' && finding.firstVersion === version)),
  );
}

const says = ({ evidence, change }: Regression) => (evidence === null ? 0 : 1_000_000) + change;

function isSevere({ kind, change }: Regression): boolean {
  return kind === 'response_time' ? change >= SEVERE_FACTOR : change >= SEVERE_POINTS;
}
