// The time that a page shows, as an axis in seconds, and how a brush over a chart becomes an address.

import { rangeMomentMs } from '../format/time-range.ts';

export interface TimeAxis {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

const MINUTE_SECONDS = 60;

/** Whether an axis was given by moments, as a brush does; a range that counts back from now is none, nor is what reads as neither. */
export function isZoomed(range: { since: string; until?: string | undefined }): boolean {
  return [range.since, range.until ?? ''].some((text) => !Number.isNaN(Date.parse(text)));
}

export function timeAxis(range: { since: string; until?: string | undefined }, nowMs: number): TimeAxis {
  return {
    fromSeconds: rangeMomentMs(range.since, nowMs) / 1000,
    toSeconds: (range.until ? rangeMomentMs(range.until, nowMs) : nowMs) / 1000,
  };
}

/** Whole minutes, as the rollups have them, and at least two. Up to now stays up to now. */
export function brushed(fromSeconds: number, toSeconds: number, nowMs: number): { since: string; until: string } {
  const first = Math.floor(fromSeconds / MINUTE_SECONDS);
  const last = Math.max(first + 2, Math.ceil(toSeconds / MINUTE_SECONDS));
  const iso = (minute: number) => new Date(minute * MINUTE_SECONDS * 1000).toISOString();
  return { since: iso(first), until: last * MINUTE_SECONDS * 1000 >= nowMs ? '' : iso(last) };
}

/** Three times as long around the same middle, ending now at the latest. */
export function widened({ fromSeconds, toSeconds }: TimeAxis, nowMs: number): { since: string; until: string } {
  const length = toSeconds - fromSeconds;
  return brushed(fromSeconds - length, toSeconds + length, nowMs);
}
