/**
 * Moments as people write them in a query string, and as rows of the API carry them. Within the API a moment is
 * milliseconds since the epoch.
 */
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `24h`, `7d` before `nowMs`, or ISO 8601 (without a zone: UTC); `undefined` when it is neither. */
export function parseMoment(text: string, nowMs: number): number | undefined {
  const ago = /^(\d{1,9})([smhd])$/.exec(text);
  if (ago !== null) return Math.max(0, nowMs - Number(ago[1]) * UNIT_MS[ago[2]!]!);
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return undefined;
  const zoned = text.length === 10 || /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  const epochMs = Date.parse(zoned);
  return Number.isNaN(epochMs) || epochMs < 0 ? undefined : epochMs;
}

export function isoMoment(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
