import { type Dialect, dialectOf } from './dialect.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { normalizeQuery } from './normalize-query.ts';

const ENTRIES_MAX_DEFAULT = 2_000;
const CHARS_MAX_DEFAULT = 2 ** 20;
/** Longer texts are rarely repeated and would fill the memory; they are normalised each time. */
const CACHED_TEXT_CHARS_MAX = 8_192;

/**
 * Fingerprints, remembered. Two levels: raw text, by dialect, and normalised text, so that an app which writes its values
 * into the text still gets one shared object for one statement and can compare by identity.
 *
 * Each level is bounded in entries and in characters; a full one drops its oldest half, so the common texts are back
 * after one call each. At its default bounds a cache of one dialect holds at most 4 MiB of text (two levels of 2^20 characters
 * of at most 2 bytes), and typically a tenth of that.
 */
export class FingerprintCache {
  readonly #entriesMax: number;
  readonly #charsMax: number;
  readonly #byText = new Map<Dialect, Level>();
  readonly #byNormalizedText: Level;

  /**
   * @param entriesMax of each level, at least 2 @default 2000
   * @param charsMax of the texts of each level together, in UTF-16 units @default 2^20
   */
  constructor(entriesMax: number = ENTRIES_MAX_DEFAULT, charsMax: number = CHARS_MAX_DEFAULT) {
    this.#entriesMax = Math.max(2, entriesMax);
    this.#charsMax = charsMax;
    this.#byNormalizedText = new Level(this.#entriesMax, charsMax);
  }

  /** Entries of all levels. */
  get size(): number {
    let size = this.#byNormalizedText.size;
    for (const level of this.#byText.values()) size += level.size;
    return size;
  }

  /** UTF-16 units of the texts of all levels. */
  get chars(): number {
    let chars = this.#byNormalizedText.chars;
    for (const level of this.#byText.values()) chars += level.chars;
    return chars;
  }

  /** As `fingerprint`. */
  get(queryText: string, dbSystem = ''): Fingerprint {
    const dialect = dialectOf(dbSystem);
    let byText = this.#byText.get(dialect);
    if (byText === undefined) {
      byText = new Level(this.#entriesMax, this.#charsMax);
      this.#byText.set(dialect, byText);
    }
    const known = byText.get(queryText);
    if (known !== undefined) return known;
    const found = this.#shared(normalizeQuery(queryText, dialect));
    byText.set(queryText, found);
    return found;
  }

  #shared(text: string): Fingerprint {
    const known = this.#byNormalizedText.get(text);
    if (known !== undefined) return known;
    const found = fingerprintOf(text);
    this.#byNormalizedText.set(text, found);
    return found;
  }
}

class Level {
  chars = 0;
  readonly #entriesMax: number;
  readonly #charsMax: number;
  readonly #found = new Map<string, Fingerprint>();

  constructor(entriesMax: number, charsMax: number) {
    this.#entriesMax = entriesMax;
    this.#charsMax = charsMax;
  }

  get size(): number {
    return this.#found.size;
  }

  get(text: string): Fingerprint | undefined {
    return this.#found.get(text);
  }

  set(text: string, found: Fingerprint): void {
    if (text.length > Math.min(CACHED_TEXT_CHARS_MAX, this.#charsMax)) return;
    if (this.size >= this.#entriesMax || this.chars + text.length > this.#charsMax) this.#dropOldest(text.length);
    this.#found.set(text, found);
    this.chars += text.length;
  }

  /** Leaves half of the entries and of the characters at most, and room for `length` more of these. */
  #dropOldest(length: number): void {
    const charsLeft = Math.min(this.#charsMax >> 1, this.#charsMax - length);
    for (const oldest of this.#found.keys()) {
      if (this.size <= this.#entriesMax >> 1 && this.chars <= charsLeft) break;
      this.#found.delete(oldest);
      this.chars -= oldest.length;
    }
  }
}
