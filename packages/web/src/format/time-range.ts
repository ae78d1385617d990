const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `24h` and `7d` count back from `nowMs`; anything else is a moment. NaN for neither. In epoch milliseconds. */
export function rangeMomentMs(text: string, nowMs: number): number {
  const back = /^(\d+)([mhd])$/.exec(text);
  return back ? nowMs - Number(back[1]) * UNIT_MS[back[2]!]! : Date.parse(text);
}
