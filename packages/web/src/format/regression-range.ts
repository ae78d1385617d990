import type { Regression } from '@profiler/collector/api-types';

const BEFORE_MS_MIN = 30 * 60_000;
const BEFORE_MS_MAX = 7 * 86_400_000;

/** As long before a regression began as it lasted since: half of a chart of it is before, half since. */
export function regressionRange(
  { startedAt, resolvedAt }: Pick<Regression, 'startedAt' | 'resolvedAt'>,
  nowMs: number,
): { since: string; until: string } {
  const startMs = Date.parse(startedAt);
  const endMs = resolvedAt === null ? nowMs : Date.parse(resolvedAt);
  const lengthMs = Math.min(BEFORE_MS_MAX, Math.max(BEFORE_MS_MIN, endMs - startMs));
  const iso = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString();
  // One that fires is looked at until now, whenever that is.
  return { since: iso(startMs - lengthMs), until: resolvedAt === null ? '' : iso(endMs + BEFORE_MS_MIN) };
}
