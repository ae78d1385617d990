import { dialectOf } from './dialect.ts';
import { hash64 } from './hash64.ts';
import { normalizeQuery } from './normalize-query.ts';

/** A normalised query text and its 64-bit id. */
export interface Fingerprint {
  /** The normalised text; it contains no value of the query. */
  readonly text: string;
  /** The id as 16 lower-case hex digits; never all zero. */
  readonly hex: string;
  /** The id's upper 32 bits, unsigned. */
  readonly high: number;
  /** The id's lower 32 bits, unsigned. */
  readonly low: number;
}

/** Stands for the queries of a request that found no room in its table: no statement, so never an N+1. */
export const OTHER_QUERIES_TEXT = '(other)';

/**
 * The same statement has the same fingerprint, whatever its values. Never throws, whatever the text, and takes time
 * linear in its length. `fingerprint(f.text, dbSystem)` equals `f`.
 *
 * @param dbSystem value of `db.system.name`, which decides how a text is read (README); '' when unknown
 */
export function fingerprint(queryText: string, dbSystem = ''): Fingerprint {
  return fingerprintOf(normalizeQuery(queryText, dialectOf(dbSystem)));
}

/** The fingerprint of a text that is normalised already. */
export function fingerprintOf(text: string): Fingerprint {
  const { hex, high, low } = hash64(text);
  return { text, hex, high, low };
}
