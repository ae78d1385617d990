const MINUTE_MS = 60_000;

/** Traffic before a deploy, so that the window before it holds enough requests to compare with, in milliseconds. */
const BASELINE_MS_MIN = 14_000;

/**
 * When to deploy: on a boundary of a minute, so that no window mixes the versions, and the first that leaves the version
 * before it enough requests. Both in milliseconds since the epoch.
 */
export function nextDeployAtMs(nowMs: number): number {
  return Math.ceil((nowMs + BASELINE_MS_MIN) / MINUTE_MS) * MINUTE_MS;
}
