// Durations as a person reads them: three figures that matter, and the unit always said.

/** `0.42 ms`, `8.3 ms`, `417 ms`, `2.41 s`, `3 min 5 s` */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms >= 60_000) {
    const seconds = Math.round(ms / 1000);
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  if (ms >= 999.5) return `${significant(ms / 1000)} s`;
  return `${ms > 0 && ms < 0.01 ? '<0.01' : significant(ms)} ms`;
}

function significant(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return trimmed(value.toFixed(1));
  return trimmed(value.toFixed(2));
}

const trimmed = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

export type Pace = 'fast' | 'medium' | 'slow';

/** Where green ends. Red starts at the collector's own threshold, which can be set. */
export const MEDIUM_FROM_MS = 500;

export function pace(durationMs: number, slowFromMs: number): Pace {
  if (durationMs >= slowFromMs) return 'slow';
  return durationMs >= MEDIUM_FROM_MS ? 'medium' : 'fast';
}
