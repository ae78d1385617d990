import { type Dialect, dialectOf } from './dialect.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { normalizeQuery } from './normalize-query.ts';

const ENTRIES_MAX_DEFAULT = 2_000;
/** Longer texts are rarely repeated and would fill the memory; they are normalised each time. */
const CACHED_TEXT_CHARS_MAX = 8_192;

/**
 * Fingerprints, remembered. Two levels: raw text, and normalised text, so that an app which writes its values into the
 * text still gets one shared object for one statement and can compare by identity.
 *
 * Each level holds at most `entriesMax` entries per dialect; a full one drops its oldest half, so the common texts are
 * back after one call each.
 */
export class FingerprintCache {
  readonly #entriesMax: number;
  readonly #byText = new Map<Dialect, Map<string, Fingerprint>>();
  readonly #byNormalizedText = new Map<string, Fingerprint>();

  /** @param entriesMax at least 2 @default 2000 */
  constructor(entriesMax: number = ENTRIES_MAX_DEFAULT) {
    this.#entriesMax = Math.max(2, entriesMax);
  }

  /** Entries of both levels. */
  get size(): number {
    let size = this.#byNormalizedText.size;
    for (const byText of this.#byText.values()) size += byText.size;
    return size;
  }

  /** As `fingerprint`. */
  get(queryText: string, dbSystem = ''): Fingerprint {
    const dialect = dialectOf(dbSystem);
    let byText = this.#byText.get(dialect);
    if (byText === undefined) {
      byText = new Map();
      this.#byText.set(dialect, byText);
    }
    const known = byText.get(queryText);
    if (known !== undefined) return known;
    const found = this.#shared(normalizeQuery(queryText, dialect));
    if (queryText.length <= CACHED_TEXT_CHARS_MAX) this.#remember(byText, queryText, found);
    return found;
  }

  #shared(text: string): Fingerprint {
    const known = this.#byNormalizedText.get(text);
    if (known !== undefined) return known;
    const found = fingerprintOf(text);
    if (text.length <= CACHED_TEXT_CHARS_MAX) this.#remember(this.#byNormalizedText, text, found);
    return found;
  }

  #remember(level: Map<string, Fingerprint>, key: string, found: Fingerprint): void {
    if (level.size >= this.#entriesMax) {
      let surplus = level.size - (this.#entriesMax >> 1);
      for (const oldest of level.keys()) {
        if (surplus-- <= 0) break;
        level.delete(oldest);
      }
    }
    level.set(key, found);
  }
}
