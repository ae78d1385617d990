// What else is known about an endpoint, to stand in its row of the list: its N+1s, slow queries and exceptions, and
// whether it regressed.

import type { ExceptionGroup, Finding, Regression } from '@profiler/collector/api-types';

export interface EndpointNotes {
  /** Most repeats of one query in one request; 0 when there is no open N+1. */
  readonly repeatsMax: number;
  readonly regression: Regression | undefined;
  /** An open one. */
  readonly slowQuery: Finding | undefined;
  /** The latest that its requests raised. */
  readonly exception: ExceptionGroup | undefined;
}

const NONE: EndpointNotes = { repeatsMax: 0, regression: undefined, slowQuery: undefined, exception: undefined };
const keyOf = (service: string, endpoint: string) => `${service}\0${endpoint}`;

/** Finds the notes of `service` and `METHOD route`. Of two regressions the larger change is told. */
export function endpointNotes(
  findings: readonly Finding[],
  regressions: readonly Regression[],
  exceptions: readonly ExceptionGroup[] = [],
): (service: string, endpoint: string) => EndpointNotes {
  const notes = new Map<string, EndpointNotes>();
  for (const finding of findings) {
    const key = keyOf(finding.service, finding.endpoint);
    const known = notes.get(key) ?? NONE;
    if (finding.type === 'slow_query') notes.set(key, { ...known, slowQuery: known.slowQuery ?? finding });
    if (finding.type !== 'n_plus_one' && finding.type !== 'duplicate_query') continue;
    notes.set(key, { ...known, repeatsMax: Math.max(known.repeatsMax, finding.repeatsMax) });
  }
  for (const regression of regressions) {
    const key = keyOf(regression.service, regression.endpoint);
    const known = notes.get(key) ?? NONE;
    if (known.regression && known.regression.change >= regression.change) continue;
    notes.set(key, { ...known, regression });
  }
  for (const exception of exceptions) {
    const key = keyOf(exception.service, exception.endpoint);
    const known = notes.get(key) ?? NONE;
    notes.set(key, { ...known, exception: known.exception ?? exception });
  }
  return (service, endpoint) => notes.get(keyOf(service, endpoint)) ?? NONE;
}
