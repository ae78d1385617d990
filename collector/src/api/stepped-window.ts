/** A window cut into intervals of one of the usual lengths, and the rows of the rollups that fill them. */
import { MINUTES_KEPT_MS, ofMinutes, type RollupWindow, rollupWindow } from './rollups.ts';

const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];
/** About so many points a chart has. */
export const SERIES_POINTS = 60;

export interface SteppedWindow {
  readonly stepMinutes: number;
  /** Rows that an interval can take whole. */
  readonly window: RollupWindow;
  /** The same time, with as few rows as it takes. */
  readonly whole: RollupWindow;
}

/** Steps are multiples of the epoch's, in UTC. Without a `step` there are about `points` of them. */
export function steppedWindow(
  parameters: { readonly sinceMs: number; readonly untilMs: number; readonly step?: number | undefined },
  points: number,
  nowMs: number,
): SteppedWindow {
  const { sinceMs } = parameters;
  const untilMs = Math.min(parameters.untilMs, Math.max(nowMs, sinceMs + 60_000));
  const stepMinutes = parameters.step ?? stepFor((untilMs - sinceMs) / 60_000, points);
  const whole = rollupWindow(sinceMs, untilMs, nowMs);
  // A step of minutes must not find an hour's row.
  const isOfMinutes = stepMinutes % 60 !== 0 && sinceMs >= nowMs - MINUTES_KEPT_MS;
  return {
    stepMinutes,
    whole,
    window: isOfMinutes ? ofMinutes(whole) : whole,
  };
}

/** The shortest of the usual steps that gives no more than about so many points. */
export function stepFor(windowMinutes: number, points: number): number {
  const exact = windowMinutes / points;
  return STEPS_MINUTES.find((step) => step >= exact) ?? Math.ceil(exact / 1440) * 1440;
}
