/** A 64-bit number in two unsigned 32-bit halves, and as 16 lower-case hex digits. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
  readonly hex: string;
}

/**
 * A stable, well-mixed 64-bit hash of a text's UTF-16 code units. Not for secrets. Two multiplicative lanes with
 * different odd constants (the 32-bit primes of xxHash and MurmurHash), crossed at the end. Never zero: zero means
 * "none" in the tables.
 */
export function hash64(text: string): Hash64 {
  let a = 0x9e3779b1;
  let b = 0x85ebca77;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0xc2b2ae3d);
    b = (b << 17) | (b >>> 15);
  }
  a ^= text.length;
  b ^= Math.imul(text.length, 0x27d4eb2f);
  const high = mix(a ^ Math.imul(b, 0x165667b1)) >>> 0;
  const low = mix(b ^ Math.imul(high, 0x9e3779b1)) >>> 0 || (high === 0 ? 1 : 0);
  return { high, low, hex: hex32(high) + hex32(low) };
}

function mix(half: number): number {
  let h = half ^ (half >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex32(half: number): string {
  return HEX[half >>> 24]! + HEX[(half >>> 16) & 255]! + HEX[(half >>> 8) & 255]! + HEX[half & 255]!;
}

/** Each byte in two hex digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
