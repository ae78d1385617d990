import { CLASS, classOf, isInnerWordUnit, isMoney, isWordUnit } from './character-class.ts';
import type { Dialect } from './dialect.ts';
import {
  endOfAlternativeString,
  endOfComment,
  endOfDigits,
  endOfDollarString,
  endOfLine,
  endOfNumber,
  endOfQuotedName,
  endOfSpace,
  endOfString,
  endOfVersionMark,
  endOfWord,
} from './literal-end.ts';

/**
 * Splits a query text into tokens, one call a token, without ever failing: whatever is not understood is a symbol of one
 * character, whatever is not closed runs to the end. Each character is looked at a bounded number of times, so a text
 * of n characters costs O(n), hostile or not.
 */
export const TOKEN = {
  end: 0,
  /** White space or a comment. */
  space: 1,
  /** Keyword or identifier, quoted or not. */
  word: 2,
  /** A value or a placeholder for one. */
  value: 3,
  symbol: 4,
} as const;

/** What ends right before a token, which tells `stock-1` from `= -1` and `a[1:2]` from `:name`. */
const BEFORE = { nothing: 0, value: 1, operand: 2, point: 3 } as const;

/** No database has longer names: what is longer is a string in the wrong quotes. */
const NAME_CHARS_MAX = 128;

export class QueryLexer {
  /** First character of the token that {@link next} found. */
  start = 0;
  /** One past its last character. */
  end = 0;
  readonly #text: string;
  readonly #dialect: Dialect;
  #before: number = BEFORE.nothing;
  #inVersionComment = false;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  /** Moves to the next token. @returns what it is, one of {@link TOKEN} */
  next(): number {
    const text = this.#text;
    const start = this.end;
    this.start = start;
    if (start >= text.length) return TOKEN.end;
    const unit = text.charCodeAt(start);
    switch (classOf(unit)) {
      case CLASS.space:
        return this.#space(endOfSpace(text, start + 1));
      case CLASS.word:
        return this.#wordOrString(start);
      case CLASS.digit:
        return this.#number(start);
    }
    const following = text.charCodeAt(start + 1);
    switch (unit) {
      case 39: // '
        return this.#quoted(start, unit, this.#dialect.language !== 'document');
      case 34: // "
        return this.#quoted(start, unit, this.#dialect.doubleQuotedStrings);
      case 96: // `
        return this.#quotedName(start, '`');
      case 91: // [
        return this.#bracket(start);
      case 36: // $
        return this.#dollar(start);
      case 63: // ?
        return this.#value(endOfDigits(text, start + 1));
      case 58: // :
        return this.#colon(start, following);
      case 64: // @
        return following === 64 ? this.#variable(start) : this.#named(start);
      case 37: // %
        return this.#percent(start);
      case 45: // -
        if (following === 45 && this.#isDashComment(start)) return this.#space(endOfLine(text, start));
        return this.#sign(start, following);
      case 43: // +
        return this.#sign(start, following);
      case 46: // .
        return this.#point(start, following);
      case 47: // /
        return following === 42 ? this.#comment(start) : this.#symbol(start + 1);
      case 42: // *
        if (!this.#inVersionComment || following !== 47) return this.#symbol(start + 1);
        this.#inVersionComment = false;
        return this.#space(start + 2);
      case 35: // #
        return this.#hash(start, following);
      case 41: // )
      case 93: // ]
        return this.#symbol(start + 1, BEFORE.operand);
      default:
        return this.#symbol(start + 1);
    }
  }

  #space(end: number): number {
    this.end = end;
    this.#before = BEFORE.nothing;
    return TOKEN.space;
  }

  #word(end: number): number {
    this.end = end;
    this.#before = BEFORE.operand;
    return TOKEN.word;
  }

  #value(end: number): number {
    this.end = end;
    this.#before = BEFORE.value;
    return TOKEN.value;
  }

  #symbol(end: number, before: number = BEFORE.nothing): number {
    this.end = end;
    this.#before = before;
    return TOKEN.symbol;
  }

  #wordOrString(start: number): number {
    const text = this.#text;
    if (isMoney(text, start)) return this.#value(endOfNumber(text, start + 1));
    const end = endOfWord(text, start + 1);
    const following = text.charCodeAt(end);
    if (following === 39) return this.#prefixedString(start, end);
    const isUnicodeString =
      following === 38 && end === start + 1 && text.charCodeAt(end + 1) === 39 && (text.charCodeAt(start) | 32) === 117;
    return isUnicodeString ? this.#value(endOfString(text, end + 2, 39, 'plain')) : this.#word(end); // U&'...'
  }

  /** `E'..'`, `N'..'`, `X'..'`, `q'[..]'`, `_utf8'..'`: the prefix belongs to the string. */
  #prefixedString(start: number, end: number): number {
    const text = this.#text;
    if (text.charCodeAt(start) === 95) return this.#value(endOfString(text, end + 1, 39, 'escapes'));
    if (end - start > 2) return this.#word(end);
    switch (text.slice(start, end).toLowerCase()) {
      case 'e':
        return this.#value(endOfString(text, end + 1, 39, 'escapes'));
      case 'q':
      case 'nq':
        if (!this.#dialect.alternativeQuotes) return this.#word(end);
        return this.#value(endOfAlternativeString(text, end + 1));
      case 'b':
      case 'n':
      case 'x':
      case 'r':
        return this.#value(endOfString(text, end + 1, 39, this.#dialect.backslash));
      default:
        return this.#word(end);
    }
  }

  /** A name may begin with a digit where only a name can stand: `shop.2024_orders`. */
  #number(start: number): number {
    const end = endOfNumber(this.#text, start);
    if (this.#before !== BEFORE.point) return this.#value(end);
    const endOfName = endOfWord(this.#text, start);
    return endOfDigits(this.#text, start) < endOfName ? this.#word(endOfName) : this.#value(end);
  }

  #quoted(start: number, quote: number, isString: boolean): number {
    const { language, backslash } = this.#dialect;
    if (!isString && language !== 'document') return this.#quotedName(start, '"');
    const end = endOfString(this.#text, start + 1, quote, backslash);
    return !isString && this.#text.charCodeAt(endOfSpace(this.#text, end)) === 58 ? this.#word(end) : this.#value(end);
  }

  /** Too long for a name, or never closed: then it may be a string, and is treated as one. */
  #quotedName(start: number, quote: string): number {
    const end = endOfQuotedName(this.#text, start + 1, quote);
    if (end < 0) return this.#value(this.#text.length);
    return end - start <= NAME_CHARS_MAX ? this.#word(end) : this.#value(end);
  }

  #bracket(start: number): number {
    const text = this.#text;
    const { brackets } = this.#dialect;
    if (brackets === 'names') return this.#quotedName(start, ']');
    const mayBeName = brackets === 'guess' && (this.#before === BEFORE.nothing || this.#before === BEFORE.point);
    if (mayBeName && classOf(text.charCodeAt(start + 1)) === CLASS.word) {
      const limit = Math.min(text.length, start + NAME_CHARS_MAX);
      let at = start + 1;
      while (at < limit && (isInnerWordUnit(text.charCodeAt(at)) || text.charCodeAt(at) === 32)) at++;
      if (text.charCodeAt(at) === 93) return this.#word(at + 1);
    }
    return this.#symbol(start + 1);
  }

  /** `$1`, `$name`, SQL Server's `$10.50`, or PostgreSQL's `$tag$...$tag$`. */
  #dollar(start: number): number {
    const text = this.#text;
    if (classOf(text.charCodeAt(start + 1)) === CLASS.digit) return this.#value(endOfNumber(text, start + 1));
    const end = endOfDollarString(text, start);
    return end === start + 1 ? this.#symbol(end) : this.#value(end);
  }

  /** `::`, the colon of `a[1:2]` and of a document, or a placeholder. */
  #colon(start: number, following: number): number {
    if (following === 58) return this.#symbol(start + 2);
    const isPlaceholder = this.#before === BEFORE.nothing && this.#dialect.language === 'sql';
    return isPlaceholder ? this.#named(start) : this.#symbol(start + 1);
  }

  /** `@@rowcount`, or PostgreSQL's operator. */
  #variable(start: number): number {
    const end = endOfWord(this.#text, start + 2);
    return end === start + 2 ? this.#symbol(end) : this.#word(end);
  }

  /** `:name`, `:1`, `@p1`. */
  #named(start: number): number {
    const text = this.#text;
    return isWordUnit(text.charCodeAt(start + 1)) ? this.#value(endOfWord(text, start + 1)) : this.#symbol(start + 1);
  }

  /** `%s` and `%(name)s`; otherwise the modulo operator. */
  #percent(start: number): number {
    const text = this.#text;
    if (this.#before !== BEFORE.nothing) return this.#symbol(start + 1);
    let at = start + 1;
    if (text.charCodeAt(at) === 40) {
      const limit = start + NAME_CHARS_MAX;
      at++;
      while (at < limit && isWordUnit(text.charCodeAt(at))) at++;
      at = text.charCodeAt(at) === 41 ? at + 1 : text.length;
    }
    const isPlaceholder = text.charCodeAt(at) === 115 && !isWordUnit(text.charCodeAt(at + 1));
    return isPlaceholder ? this.#value(at + 1) : this.#symbol(start + 1);
  }

  /** A sign belongs to the number behind it, except after an operand: then it subtracts or adds. */
  #sign(start: number, following: number): number {
    const text = this.#text;
    if (this.#before <= BEFORE.value) {
      const digitAt = following === 46 ? start + 2 : start + 1;
      if (classOf(text.charCodeAt(digitAt)) === CLASS.digit) return this.#value(endOfNumber(text, start + 1));
    }
    return this.#symbol(start + 1);
  }

  #point(start: number, following: number): number {
    if (this.#before !== BEFORE.nothing) return this.#symbol(start + 1, BEFORE.point);
    if (classOf(following) === CLASS.digit) return this.#value(endOfNumber(this.#text, start));
    return this.#symbol(start + 1);
  }

  #isDashComment(start: number): boolean {
    const { dashes } = this.#dialect;
    if (dashes === 'comment') return true;
    const unit = this.#text.charCodeAt(start + 2);
    return !isWordUnit(unit) && !OPERAND_STARTS.has(unit);
  }

  #comment(start: number): number {
    const text = this.#text;
    if (this.#dialect.versionComments) {
      const end = endOfVersionMark(text, start);
      if (end > start) {
        this.#inVersionComment = true;
        return this.#space(end);
      }
    }
    return this.#space(endOfComment(text, start, this.#dialect.nestedComments));
  }

  /** A comment, SQL Server's `#temporary` and `##shared`, or the head of one of PostgreSQL's operators. */
  #hash(start: number, following: number): number {
    const text = this.#text;
    const { hash } = this.#dialect;
    const startsComment = hash === 'guess' && (classOf(following) === CLASS.space || following === 47);
    if (hash === 'comment' || startsComment) return this.#space(endOfLine(text, start));
    const name = following === 35 ? start + 2 : start + 1;
    if (classOf(text.charCodeAt(name)) === CLASS.word) return this.#word(endOfWord(text, name));
    return this.#symbol(following === 45 || following === 35 ? start + 2 : start + 1); // #- and ##
  }
}

/** After MySQL's `--` these begin an operand: `( . ? @ $ : ' " \``. */
const OPERAND_STARTS = new Set([40, 46, 63, 64, 36, 58, 39, 34, 96]);
