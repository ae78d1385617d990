import { DecodeError } from './decode-error.ts';

/**
 * Checks of the values that OTLP/JSON may have where: a field of the wrong type is a {@link DecodeError} that names it,
 * null is the same as absent. 64-bit numbers may be written as strings or as numbers.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown, field: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(field, 'an object');
  return value as JsonObject;
}

export function asArray(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return NOTHING;
  if (!Array.isArray(value)) throw wrong(field, 'an array');
  return value;
}

export function asString(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(field, 'a string');
  return value;
}

export function asBoolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrong(field, 'true or false');
  return value;
}

/** 64 bits, signed or unsigned. */
export function asInt64(value: unknown, field: string): bigint | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 64) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) {
    const int = BigInt(value);
    if (int >= -(2n ** 63n) && int < 2n ** 64n) return int;
  }
  throw wrong(field, 'a whole number of 64 bits');
}

/** 32 bits without a sign; an enum is one of its numbers, never its name. */
export function asUint32(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const int = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof int === 'number' && Number.isInteger(int) && int >= 0 && int < 2 ** 32) return int;
  throw wrong(field, 'a whole number of 32 bits');
}

export function asDouble(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(value)) return Number(value);
  throw wrong(field, 'a number');
}

/** An id in hexadecimal, in either case; what is no hexadecimal becomes one byte, which is the length of no id. */
export function asHexId(value: unknown, field: string): string | undefined {
  const text = asString(value, field);
  if (text === undefined) return undefined;
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? text : INVALID_ID;
}

const NOTHING: readonly unknown[] = [];
/** Of one byte. */
const INVALID_ID = 'ff';

function wrong(field: string, expected: string): DecodeError {
  return new DecodeError(`${field} is not ${expected}`);
}
