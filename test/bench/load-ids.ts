/**
 * Ids that look random, as those of an SDK do, so that they take the room in storage that real ones take; and from which
 * an audit still reads in which body of which run a span was sent.
 *
 *     trace id   scramble(run 16 bits | body 36 bits | trace 12 bits), then 8 bytes mixed from it
 *     span id    mixed from the trace id and the span's place in the trace; no two of a trace are the same
 *
 * `scramble` multiplies by an odd number and folds the upper half onto the lower, both of which can be undone.
 */
const MULTIPLIER = 0x9e37_79b9_7f4a_7c15n;
const MULTIPLIER_INVERSE = inverse(MULTIPLIER);
const TRACE_BITS = 12n;
const RUN_SHIFT = 48n;

export const RUNS = 1 << 16;
export const TRACES_PER_BODY_MAX = 1 << Number(TRACE_BITS);

/** Writes the four 32-bit words, most significant first, of a trace's id. */
export function writeTraceId(words: Uint32Array, run: number, body: number, trace: number): void {
  const plain = (BigInt(run) << RUN_SHIFT) | (BigInt(body) << TRACE_BITS) | BigInt(trace);
  const product = BigInt.asUintN(64, plain * MULTIPLIER);
  const high = Number(product >> 32n);
  const low = (Number(product & 0xffff_ffffn) ^ high) >>> 0;
  words[0] = high;
  words[1] = low;
  words[2] = mix32(high ^ 0x5bd1_e995);
  words[3] = mix32(low + 0x27d4_eb2f);
}

/** Upper half of a span's id. As `place` runs, no value comes twice. */
export function spanIdHigh(traceWords: Uint32Array, place: number): number {
  return mix32(traceWords[2]! + Math.imul(place, 0x9e37_79b1));
}

export function spanIdLow(traceWords: Uint32Array, high: number): number {
  return mix32(high ^ traceWords[3]!);
}

/** A permutation of the 32-bit numbers in which every bit depends on every other. */
export function mix32(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85eb_ca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2_ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** What {@link writeTraceId} was given, from a trace id as hex. */
export function readTraceId(traceId: string): { run: number; body: number; trace: number } {
  const folded = BigInt(`0x${traceId.slice(0, 16)}`);
  const plain = BigInt.asUintN(64, (folded ^ (folded >> 32n)) * MULTIPLIER_INVERSE);
  return {
    run: Number(plain >> RUN_SHIFT),
    body: Number((plain >> TRACE_BITS) & ((1n << (RUN_SHIFT - TRACE_BITS)) - 1n)),
    trace: Number(plain & ((1n << TRACE_BITS) - 1n)),
  };
}

/** The same in ClickHouse: SQL that yields the number which holds run and body, `run << 36 | body`. */
export const RUN_AND_BODY_SQL = (() => {
  const folded = 'reinterpretAsUInt64(reverse(unhex(substring(trace_id, 1, 16))))';
  const product = `bitXor(${folded}, bitShiftRight(${folded}, 32))`;
  return `bitShiftRight(${product} * toUInt64(${MULTIPLIER_INVERSE}), ${TRACE_BITS})`;
})();

export function runAndBody(run: number, body: number): bigint {
  return (BigInt(run) << (RUN_SHIFT - TRACE_BITS)) | BigInt(body);
}

/** Of an odd number modulo 2^64; each step of Newton's doubles the bits that are right. */
function inverse(odd: bigint): bigint {
  let x = odd;
  for (let step = 0; step < 6; step++) x = BigInt.asUintN(64, x * (2n - odd * x));
  return x;
}
