/**
 * Span ids in memory are four UTF-16 units in place of 16 hex digits: quicker to make and to look up, and in the same
 * order. To what is derived they are names like any other; {@link hexId} makes them what is stored.
 */
export function spanIdOf(high: number, low: number): string {
  return String.fromCharCode(high >>> 16, high & 0xffff, low >>> 16, low & 0xffff);
}

/** 16 hex digits of an id from memory; another text as it is. */
export function hexId(id: string): string {
  if (id.length !== 4) return id;
  let hex = '';
  for (let unit = 0; unit < 4; unit++) hex += id.charCodeAt(unit).toString(16).padStart(4, '0');
  return hex;
}

/** The id in memory of 16 hex digits; another text as it is. */
export function spanIdOfHex(hex: string): string {
  if (!/^[0-9a-f]{16}$/.test(hex)) return hex;
  return spanIdOf(Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8), 16));
}
