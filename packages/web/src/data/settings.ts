import { useApi } from './api.ts';

/** The seed's default, until the collector has said its own. */
const SLOW_REQUEST_THRESHOLD_MS = 1000;

/** The thresholds that the pages colour by: the collector's, never the browser's own. */
export function useSlowFromMs(): number {
  return useApi('/api/v1/status', {}).data?.settings.slowRequestThresholdMs ?? SLOW_REQUEST_THRESHOLD_MS;
}
