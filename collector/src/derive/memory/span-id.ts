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
  return HEX[id.charCodeAt(0)]! + HEX[id.charCodeAt(1)] + HEX[id.charCodeAt(2)] + HEX[id.charCodeAt(3)];
}

/** 8 hex digits. */
export function hexOfWord(word: number): string {
  return HEX[word >>> 16]! + HEX[word & 0xffff];
}

const HEX = Array.from({ length: 1 << 16 }, (_, unit) => unit.toString(16).padStart(4, '0'));
