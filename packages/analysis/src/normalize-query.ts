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
  /** What has been written: of the innermost open list, its current element. Behind it, what is still to be copied. */
  #out = '';
  /** Stretch of the text that is to be copied as it is: most of a text is, and goes in few pieces. */
  #copyFrom = 0;
  #copyTo = 0;
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
      else this.#symbol(symbol);
    }
    this.#closeLists();
    return this.#out;
  }

  #write(piece: string): void {
    this.#separate();
    this.#out += piece;
  }

  /** Writes the current token as it is. */
  #copy(): void {
    const { start, end } = this.#lexer;
    const gap = start - this.#copyTo;
    const isNext = this.#copyTo > this.#copyFrom && !this.#pendingSemicolon;
    const isOneSpace = gap === 1 && this.#pendingSpace && this.#text.charCodeAt(this.#copyTo) === 32;
    if (isNext && (isOneSpace || (gap === 0 && !this.#pendingSpace))) {
      this.#pendingSpace = false;
      this.#forget();
    } else {
      this.#separate();
      this.#copyFrom = start;
    }
    this.#copyTo = end;
  }

  /** Writes what is to be copied, and what separates the next token from it. */
  #separate(): void {
    this.#flush();
    if (this.#out !== '') {
      if (this.#pendingSemicolon) this.#out += ';';
      if (this.#pendingSpace) this.#out += ' ';
    }
    this.#pendingSemicolon = false;
    this.#pendingSpace = false;
    this.#forget();
  }

  #flush(): void {
    if (this.#copyTo > this.#copyFrom) this.#out += this.#text.slice(this.#copyFrom, this.#copyTo);
    this.#copyFrom = this.#copyTo;
  }

  #forget(): void {
    this.#symbolBefore = 0;
    this.#operandBefore = false;
    this.#keywordBefore = '';
  }

  #isEmpty(): boolean {
    return this.#out === '' && this.#copyTo === this.#copyFrom;
  }

  #value(): void {
    this.#write('?');
  }

  #word(): void {
    const keyword = keywordAt(this.#text, this.#lexer.start, this.#lexer.end);
    const isValue =
      (keyword === 'boolean' && this.#symbolBefore !== 46) ||
      (keyword === 'null' && VALUE_FOLLOWS.has(this.#symbolBefore));
    if (isValue) {
      this.#value();
      return;
    }
    if (keyword === 'select' && this.#list && this.#list.elements === 0 && this.#isEmpty()) this.#dropList();
    this.#copy();
    this.#operandBefore = true;
    if (keyword === 'in' || keyword === 'values') this.#keywordBefore = keyword;
  }

  #symbol(symbol: number): void {
    switch (symbol) {
      case 40: // (
        this.#open(this.#keywordBefore);
        break;
      case 91: // [
        this.#open('in');
        break;
      case 41: // )
      case 93: // ]
        this.#close();
        this.#operandBefore = true;
        break;
      case 44: // ,
        this.#comma(undefined);
        break;
      default:
        this.#copy();
    }
    this.#symbolBefore = symbol;
  }

  /** @param piece a comma that was held back; undefined for the current token */
  #comma(piece: string | undefined): void {
    const list = this.#list;
    if (list && !list.isRows && this.#depth === list.depth) {
      this.#endElement(list);
      this.#pendingSpace = false;
      this.#forget();
      return;
    }
    if (list?.isRows) this.#pendingSpace = false;
    if (piece === undefined) this.#copy();
    else this.#write(piece);
    if (list?.isRows) this.#pendingSpace = true;
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

  #open(kind: 'in' | 'values' | ''): void {
    const folds = kind !== '' && this.#lists.length < FOLDED_DEPTH_MAX;
    if (folds && kind === 'values') {
      this.#separate();
      this.#pushList(true);
    }
    this.#copy();
    this.#depth++;
    if (folds && kind === 'in') this.#pushList(false);
  }

  #close(): void {
    const list = this.#list;
    if (list && !list.isRows && this.#depth === list.depth) {
      if (list.elements > 0 || !this.#isEmpty()) this.#endElement(list);
      this.#out = list.outer + list.listed;
      this.#popList();
      this.#pendingSpace = false;
      this.#copy();
      this.#depth--;
      this.#endRow();
      return;
    }
    this.#copy();
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
    this.#flush();
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
      this.#comma(',');
      this.#symbolBefore = 44;
      this.#pendingSpace = spaceNow;
    }
    return this.#list?.isRows && this.#list.at !== 'element' ? this.#betweenRows(symbol) : false;
  }

  #pushList(isRows: boolean): void {
    this.#flush();
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
    this.#flush();
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

type Keyword = 'in' | 'values' | 'boolean' | 'null' | 'select';

const KEYWORDS = new Map<string, Keyword>([
  ['IN', 'in'],
  ['VALUES', 'values'],
  ['VALUE', 'values'],
  ['TRUE', 'boolean'],
  ['FALSE', 'boolean'],
  ['NULL', 'null'],
  ['SELECT', 'select'],
  ['WITH', 'select'],
]);

/** Most words are no keyword, and show it by their first letter. */
const KEYWORD_INITIALS = new Set([...KEYWORDS.keys()].map((keyword) => keyword.charCodeAt(0)));

function keywordAt(text: string, start: number, end: number): Keyword | undefined {
  if (end - start > 6 || !KEYWORD_INITIALS.has(text.charCodeAt(start) & ~32)) return undefined;
  return KEYWORDS.get(text.slice(start, end).toUpperCase());
}

const SEMICOLON = 59;

/** After `(`, `,` or `=` a value must stand. */
const VALUE_FOLLOWS = new Set([40, 44, 61]);
