import type { Dialect } from './dialect.ts';
import { QueryLexer, TOKEN } from './query-lexer.ts';

/**
 * A query's text without what varies from call to call: values and placeholders become `?`, comments go, white space
 * folds to one space, and in a list equal neighbours fold to one, so that neither the length of an `IN` list nor the
 * number of rows of a `VALUES` shows. Names keep their case and their digits.
 *
 *     SELECT * FROM orders_2024 WHERE id IN ($1, $2, $3) AND note = 'x' -- 7
 *     SELECT * FROM orders_2024 WHERE id IN (?) AND note = ?
 *
 * Exceptions: `NULL` is a value only where a value must stand (after `(`, `,` or `=`), for `IS NULL` is not `IS NOT
 * NULL`; a `;` at the end goes. Normalising a normalised text changes nothing.
 */
export function normalizeQuery(text: string, dialect: Dialect): string {
  return new Normalizer(text, dialect).run();
}

/** Lists inside lists beyond this depth are copied as they are, so that comparing their elements stays linear. */
const FOLDED_DEPTH_MAX = 8;

/** A list whose equal neighbours fold: the elements of `IN (...)` or `[...]`, or the rows of `VALUES (...), (...)`. */
interface List {
  readonly isRows: boolean;
  /** Open brackets around an element. */
  readonly depth: number;
  /** What stands before the list. */
  readonly outer: string;
  /** The elements so far, without repeats. */
  listed: string;
  elements: number;
  last: string;
  /** Of rows: in one, after one, or after the comma that follows one. */
  at: 'element' | 'after' | 'comma';
  spaceBeforeComma: boolean;
}

class Normalizer {
  readonly #text: string;
  readonly #lexer: QueryLexer;
  /** What has been written: of the innermost open list, its current element. */
  #out = '';
  readonly #lists: List[] = [];
  #list: List | undefined;
  #depth = 0;
  #pendingSpace = false;
  #pendingSemicolon = false;
  /** The token before: the character of a symbol, 0 for anything else. */
  #symbolBefore = 0;
  #operandBefore = false;
  #keywordBefore: 'in' | 'values' | '' = '';

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#lexer = new QueryLexer(text, dialect);
  }

  run(): string {
    const lexer = this.#lexer;
    for (;;) {
      const token = lexer.next(this.#operandBefore && !this.#pendingSpace);
      if (token === TOKEN.end) break;
      if (token === TOKEN.space) {
        this.#pendingSpace = true;
        continue;
      }
      const symbol = token === TOKEN.symbol ? this.#text.charCodeAt(lexer.start) : 0;
      if (symbol === SEMICOLON) {
        this.#endStatement();
        continue;
      }
      if (this.#list?.isRows && this.#list.at !== 'element' && this.#betweenRows(symbol)) continue;
      if (token === TOKEN.value) this.#value();
      else if (token === TOKEN.word) this.#word();
      else this.#symbol(symbol, this.#text.slice(lexer.start, lexer.end));
    }
    this.#closeLists();
    return this.#out;
  }

  #write(piece: string): void {
    if (this.#out !== '') {
      if (this.#pendingSemicolon) this.#out += ';';
      if (this.#pendingSpace) this.#out += ' ';
    }
    this.#pendingSemicolon = false;
    this.#pendingSpace = false;
    this.#out += piece;
    this.#symbolBefore = 0;
    this.#operandBefore = false;
    this.#keywordBefore = '';
  }

  #value(): void {
    this.#write('?');
  }

  #word(): void {
    const { start, end } = this.#lexer;
    const word = this.#text.slice(start, end);
    const keyword = end - start <= 6 ? (KEYWORDS.get(word) ?? KEYWORDS.get(word.toUpperCase())) : undefined;
    const isValue =
      (keyword === 'boolean' && this.#symbolBefore !== 46) ||
      (keyword === 'null' && VALUE_FOLLOWS.has(this.#symbolBefore));
    if (isValue) {
      this.#value();
      return;
    }
    if (keyword === 'select' && this.#list && this.#list.elements === 0 && this.#out === '') this.#dropList();
    this.#write(word);
    this.#operandBefore = true;
    if (keyword === 'in' || keyword === 'values') this.#keywordBefore = keyword;
  }

  #symbol(symbol: number, piece: string): void {
    switch (symbol) {
      case 40: // (
        this.#open(piece, this.#keywordBefore);
        break;
      case 91: // [
        this.#open(piece, 'in');
        break;
      case 41: // )
      case 93: // ]
        this.#close(piece);
        this.#operandBefore = true;
        break;
      case 44: // ,
        if (this.#list && !this.#list.isRows && this.#depth === this.#list.depth) {
          this.#endElement(this.#list);
          this.#pendingSpace = false;
          this.#operandBefore = false;
          this.#keywordBefore = '';
        } else if (this.#list?.isRows) {
          this.#pendingSpace = false;
          this.#write(piece);
          this.#pendingSpace = true;
        } else {
          this.#write(piece);
        }
        break;
      default:
        this.#write(piece);
    }
    this.#symbolBefore = symbol;
  }

  /** No list goes on behind a semicolon, and at the end of the text it is not written. */
  #endStatement(): void {
    this.#closeLists();
    this.#depth = 0;
    this.#pendingSpace = false;
    this.#pendingSemicolon = true;
    this.#symbolBefore = SEMICOLON;
    this.#operandBefore = false;
    this.#keywordBefore = '';
  }

  #open(piece: string, kind: 'in' | 'values' | ''): void {
    const folds = kind !== '' && this.#lists.length < FOLDED_DEPTH_MAX;
    if (folds && kind === 'values') {
      this.#write('');
      this.#pushList(true);
    }
    this.#write(piece);
    this.#depth++;
    if (folds && kind === 'in') this.#pushList(false);
  }

  #close(piece: string): void {
    const list = this.#list;
    if (list && !list.isRows && this.#depth === list.depth) {
      if (list.elements > 0 || this.#out !== '') this.#endElement(list);
      this.#out = list.outer + list.listed;
      this.#popList();
      this.#pendingSpace = false;
      this.#write(piece);
      this.#depth--;
      this.#endRow();
      return;
    }
    this.#write(piece);
    if (this.#depth > 0) {
      this.#depth--;
      this.#endRow();
    }
  }

  #endRow(): void {
    const list = this.#list;
    if (!list?.isRows || this.#depth !== list.depth) return;
    this.#endElement(list);
    list.at = 'after';
  }

  /** Writes the current element, unless it equals the one before. */
  #endElement(list: List): void {
    if (list.elements === 0 || this.#out !== list.last) {
      list.listed += list.elements === 0 ? this.#out : `, ${this.#out}`;
      list.last = this.#out;
    }
    list.elements++;
    this.#out = '';
  }

  /** @returns whether the symbol was used up */
  #betweenRows(symbol: number): boolean {
    const list = this.#list!;
    if (list.at === 'after' && symbol === 44) {
      list.at = 'comma';
      list.spaceBeforeComma = this.#pendingSpace;
      this.#pendingSpace = false;
      this.#operandBefore = false;
      return true;
    }
    if (list.at === 'comma' && symbol === 40) {
      list.at = 'element';
      this.#pendingSpace = false;
      return false;
    }
    const hadComma = list.at === 'comma';
    const spaceNow = this.#pendingSpace;
    this.#out = list.outer + list.listed;
    this.#popList();
    this.#symbolBefore = 41;
    this.#operandBefore = true;
    if (hadComma) {
      this.#pendingSpace = list.spaceBeforeComma;
      this.#symbol(44, ',');
      this.#pendingSpace = spaceNow;
    }
    return this.#list?.isRows && this.#list.at !== 'element' ? this.#betweenRows(symbol) : false;
  }

  #pushList(isRows: boolean): void {
    this.#list = {
      isRows,
      depth: this.#depth,
      outer: this.#out,
      listed: '',
      elements: 0,
      last: '',
      at: 'element',
      spaceBeforeComma: false,
    };
    this.#lists.push(this.#list);
    this.#out = '';
  }

  #popList(): void {
    this.#lists.pop();
    this.#list = this.#lists.at(-1);
  }

  /** `IN (SELECT ...)` is no list. */
  #dropList(): void {
    this.#out = this.#list!.outer;
    this.#popList();
  }

  /** The text ends (or a statement does) inside lists: a text cut off in its tenth row is the text cut off in its third. */
  #closeLists(): void {
    while (this.#list) {
      const list = this.#list;
      const isCutRepeat = list.isRows && list.elements > 0 && list.last.startsWith(this.#out);
      if (this.#out !== '' && !isCutRepeat) this.#endElement(list);
      else if (list.elements > 1 && list.last === '') list.listed = list.listed.slice(0, -2);
      this.#out = list.outer + list.listed;
      this.#popList();
    }
  }
}

const KEYWORDS = new Map<string, 'in' | 'values' | 'boolean' | 'null' | 'select'>([
  ['IN', 'in'],
  ['VALUES', 'values'],
  ['VALUE', 'values'],
  ['TRUE', 'boolean'],
  ['FALSE', 'boolean'],
  ['NULL', 'null'],
  ['SELECT', 'select'],
  ['WITH', 'select'],
]);

const SEMICOLON = 59;

/** After `(`, `,` or `=` a value must stand. */
const VALUE_FOLLOWS = new Set([40, 44, 61]);
