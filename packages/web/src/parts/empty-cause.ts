import type { Status } from '@profiler/collector/api-types';

/** Nothing was received; no span opens a request; or what is there lies outside the filters. */
export type EmptyCause = 'no-spans' | 'no-requests' | 'narrowed';

export function emptyCause(storage: Pick<Status['storage'], 'spans' | 'requests'>): EmptyCause {
  if (storage.spans === 0) return 'no-spans';
  return storage.requests === 0 ? 'no-requests' : 'narrowed';
}

/** How an app is started that reports to `origin`. The default address needs no variable. */
export function startLine(origin: string): string {
  const line = 'node --import @profiler/register app.js';
  const isDefault = /^http:\/\/(localhost|127\.0\.0\.1):4318$/.test(origin);
  return isDefault ? line : `OTEL_EXPORTER_OTLP_ENDPOINT=${origin} ${line}`;
}
