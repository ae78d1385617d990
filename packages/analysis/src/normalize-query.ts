import type { Dialect } from './dialect.ts';
import { dialectFor } from './document-start.ts';
import { FoldedText } from './folded-text.ts';
import { normalizeCommand } from './normalize-command.ts';
import { keywordAt } from './query-keyword.ts';
import { QueryLexer, TOKEN } from './query-lexer.ts';
import { wellFormed } from './well-formed.ts';

/**
 * A query's text without what varies from call to call: values and placeholders become `?`, comments go, white space
 * folds to one space, and in a list equal neighbours fold to one, so that neither the length of an `IN` list nor the
 * number of rows of a `VALUES` shows. Names keep their case and their digits.
 *
 *     SELECT * FROM orders_2024 WHERE id IN ($1, $2, $3) AND note = 'x' -- 7
 *     SELECT * FROM orders_2024 WHERE id IN (?) AND note = ?
 *
 * Exceptions: `NULL` is a value only where a value must stand (after `(`, `,`, `:` or a comparison), for `IS NULL` is not `IS NOT
 * NULL`; a `;` at the end goes; what is no text in Unicode (half a surrogate pair) becomes U+FFFD, as it does on the
 * wire. Normalising a normalised text changes nothing.
 */
export function normalizeQuery(text: string, dialect: Dialect): string {
  if (dialect.language === 'command') return normalizeCommand(wellFormed(text));
  return wellFormed(new Normalizer(text, dialectFor(text, dialect)).run());
}

class Normalizer {
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #lexer: QueryLexer;
  readonly #folded: FoldedText;
  /** Open brackets, of every kind. */
  #depth = 0;
  /** The token before: the character of a symbol, 0 for anything else. */
  #symbolBefore = 0;
  #keywordBefore: 'in' | 'values' | '' = '';

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
    this.#lexer = new QueryLexer(text, dialect);
    this.#folded = new FoldedText(text);
  }

  run(): string {
    const lexer = this.#lexer;
    const folded = this.#folded;
    for (;;) {
      const token = lexer.next();
      if (token === TOKEN.end) break;
      if (token === TOKEN.space) {
        folded.spaceBefore = true;
        continue;
      }
      const symbol = token === TOKEN.symbol ? this.#text.charCodeAt(lexer.start) : 0;
      if (symbol === SEMICOLON) {
        this.#endStatement();
        continue;
      }
      if (folded.list?.isRows && folded.list.at !== 'element' && this.#betweenRows(token, symbol)) continue;
      if (token === TOKEN.value) this.#value();
      else if (token === TOKEN.word) this.#word();
      else this.#symbol(symbol);
    }
    folded.closeLists();
    return folded.toString();
  }

  #copy(): void {
    this.#folded.copy(this.#lexer.start, this.#lexer.end);
    this.#forget();
  }

  #forget(): void {
    this.#symbolBefore = 0;
    this.#keywordBefore = '';
  }

  #value(): void {
    const { start, end } = this.#lexer;
    // What is a placeholder already goes with the stretch around it.
    if (end - start === 1 && this.#text.charCodeAt(start) === 63) this.#folded.copy(start, end);
    else this.#folded.write('?');
    this.#forget();
  }

  #word(): void {
    const folded = this.#folded;
    const keyword = keywordAt(this.#text, this.#lexer.start, this.#lexer.end);
    const isValue =
      (keyword === 'boolean' && this.#symbolBefore !== POINT) ||
      (keyword === 'null' && VALUE_FOLLOWS.has(this.#symbolBefore)) ||
      (this.#dialect.comparedStrings && this.#isComparedString());
    if (isValue) {
      this.#value();
      return;
    }
    if (keyword === 'select' && folded.list && folded.list.elements === 0 && folded.isEmpty) folded.dropList();
    if (keyword === 'row' && this.#keywordBefore === 'values') this.#openRows();
    this.#copy();
    if (keyword === 'in' || keyword === 'values') this.#keywordBefore = keyword;
  }

  /** Of a word in double quotes: it is compared with or listed, and neither a table nor a function. */
  #isComparedString(): boolean {
    const { start, end } = this.#lexer;
    if (this.#text.charCodeAt(start) !== 34) return false;
    const following = this.#text.charCodeAt(end);
    if (following === POINT || following === 40) return false;
    const isListed = this.#folded.list !== undefined && (this.#symbolBefore === 40 || this.#symbolBefore === COMMA);
    return isListed || COMPARISONS.has(this.#symbolBefore);
  }

  #symbol(symbol: number): void {
    switch (symbol) {
      case 40: // (
        this.#open(this.#keywordBefore);
        break;
      case 91: // [
        this.#open('in');
        break;
      case 123: // {
        this.#open('');
        break;
      case 41: // )
      case 93: // ]
      case 125: // }
        this.#close();
        break;
      case COMMA:
        this.#comma();
        break;
      default:
        this.#copy();
    }
    this.#symbolBefore = symbol;
  }

  #comma(): void {
    const folded = this.#folded;
    const { list } = folded;
    if (list && !list.isRows && this.#depth === list.depth) {
      folded.endElement();
      folded.spaceBefore = false;
      this.#forget();
      return;
    }
    if (list?.isRows) folded.spaceBefore = false;
    this.#copy();
    if (list?.isRows) folded.spaceBefore = true;
  }

  /** No list goes on behind a semicolon, and at the end of the text it is not written. */
  #endStatement(): void {
    const folded = this.#folded;
    folded.closeLists();
    folded.spaceBefore = false;
    folded.semicolonBefore = true;
    this.#depth = 0;
    this.#forget();
    this.#symbolBefore = SEMICOLON;
  }

  #open(kind: 'in' | 'values' | ''): void {
    const folds = kind !== '' && this.#folded.hasRoomForList;
    if (folds && kind === 'values') this.#openRows();
    this.#copy();
    this.#depth++;
    if (folds && kind === 'in') this.#folded.openList(false, this.#depth);
  }

  #openRows(): void {
    if (!this.#folded.hasRoomForList) return;
    this.#folded.separate();
    this.#folded.openList(true, this.#depth);
  }

  #close(): void {
    const folded = this.#folded;
    const { list } = folded;
    if (list && !list.isRows && this.#depth === list.depth) {
      if (list.elements > 0 || !folded.isEmpty) folded.endElement();
      folded.closeList();
      folded.spaceBefore = false;
    }
    this.#copy();
    if (this.#depth === 0) return;
    this.#depth--;
    const outer = folded.list;
    if (!outer?.isRows || this.#depth !== outer.depth) return;
    folded.endElement();
    outer.at = 'after';
  }

  /** @returns whether the token was used up */
  #betweenRows(token: number, symbol: number): boolean {
    const folded = this.#folded;
    const list = folded.list!;
    if (list.at === 'after' && symbol === COMMA) {
      list.at = 'comma';
      list.spaceBeforeComma = folded.spaceBefore;
      folded.spaceBefore = false;
      return true;
    }
    const isRow = token === TOKEN.word && keywordAt(this.#text, this.#lexer.start, this.#lexer.end) === 'row';
    if (list.at === 'comma' && (symbol === 40 || isRow)) {
      list.at = 'element';
      folded.spaceBefore = false;
      return false;
    }
    const hadComma = list.at === 'comma';
    const spaceNow = folded.spaceBefore;
    folded.closeList();
    this.#symbolBefore = 41;
    if (hadComma) {
      folded.spaceBefore = list.spaceBeforeComma;
      this.#heldComma();
      this.#symbolBefore = COMMA;
      folded.spaceBefore = spaceNow;
    }
    const outer = folded.list;
    return outer?.isRows && outer.at !== 'element' ? this.#betweenRows(token, symbol) : false;
  }

  /** Writes the comma after rows that was held back: no row followed. */
  #heldComma(): void {
    const folded = this.#folded;
    const { list } = folded;
    if (list && !list.isRows && this.#depth === list.depth) {
      folded.endElement();
    } else {
      if (list?.isRows) folded.spaceBefore = false;
      folded.write(',');
    }
    this.#forget();
  }
}

const SEMICOLON = 59;
const COMMA = 44;
const POINT = 46;

/** `<`, `=`, `>`. */
const COMPARISONS = new Set([60, 61, 62]);

/** After `(`, `,`, `:` or a comparison a value must stand. */
const VALUE_FOLLOWS = new Set([40, 44, 58, 60, 61, 62]);
