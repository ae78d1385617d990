import type { Dialect } from './dialect.ts';

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

const LONGEST_IDENTIFIER_CHARS = 128;
/** PostgreSQL cuts identifiers at 63 bytes; the limit keeps the search for the closing tag linear. */
const LONGEST_TAG_CHARS = 64;

const NONE = 0;
const SPACE = 1;
const WORD = 2;
const DIGIT = 3;

/** Class of each ASCII character; all others may stand in an identifier. Past the end (NaN) there is none. */
const CLASSES = new Uint8Array(128);
for (let unit = 0; unit <= 32; unit++) CLASSES[unit] = SPACE;
for (let unit = 48; unit <= 57; unit++) CLASSES[unit] = DIGIT;
for (let unit = 65; unit <= 90; unit++) CLASSES[unit] = CLASSES[unit + 32] = WORD;
CLASSES[95] = WORD;

function classOf(unit: number): number {
  return unit < 128 ? CLASSES[unit]! : unit >= 128 ? WORD : NONE;
}

function isWordUnit(unit: number): boolean {
  return classOf(unit) >= WORD;
}

/** Of a word after its first character: `$` and `#` too (`v$session`, `a#b`). */
function isInnerWordUnit(unit: number): boolean {
  return isWordUnit(unit) || unit === 36 || unit === 35;
}

export class QueryLexer {
  /** First character of the token that {@link next} found. */
  start = 0;
  /** One past its last character. */
  end = 0;
  readonly #text: string;
  readonly #dialect: Dialect;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  /**
   * @param operandBefore whether an identifier or a closing bracket ends right before the token: a sign is then an
   *   operator (`stock-1`), a `[` a subscript
   */
  next(operandBefore: boolean): number {
    const text = this.#text;
    const start = this.end;
    this.start = start;
    if (start >= text.length) return TOKEN.end;
    const unit = text.charCodeAt(start);
    switch (classOf(unit)) {
      case SPACE:
        return this.#space(start);
      case WORD:
        return this.#word(start);
      case DIGIT:
        return this.#until(endOfNumber(text, start), TOKEN.value);
    }
    const following = text.charCodeAt(start + 1);
    switch (unit) {
      case 39: // '
        return this.#until(this.#endOfString(start + 1, 39, this.#dialect.backslash), TOKEN.value);
      case 34: // "
        if (!this.#dialect.doubleQuotedStrings) return this.#quotedIdentifier(start, '"');
        return this.#until(this.#endOfString(start + 1, 34, this.#dialect.backslash), TOKEN.value);
      case 96: // `
        return this.#quotedIdentifier(start, '`');
      case 91: // [
        return operandBefore ? this.#until(start + 1, TOKEN.symbol) : this.#bracket(start);
      case 36: // $
        return this.#dollar(start);
      case 63: // ?
        return this.#until(endOfDigits(text, start + 1), TOKEN.value);
      case 58: // :
        return this.#colon(start, following);
      case 64: // @
        if (following === 64) return this.#until(endOfWord(text, start + 2), TOKEN.word);
        return this.#named(start);
      case 37: // %
        return this.#percent(start, operandBefore);
      case 45: // -
        if (following === 45) return this.#until(endOfLine(text, start), TOKEN.space);
        return this.#sign(start, following, operandBefore);
      case 43: // +
        return this.#sign(start, following, operandBefore);
      case 46: // .
        if (classOf(following) === DIGIT && !operandBefore) return this.#until(endOfNumber(text, start), TOKEN.value);
        return this.#until(start + 1, TOKEN.symbol);
      case 47: // /
        if (following === 42) return this.#until(this.#endOfComment(start), TOKEN.space);
        return this.#until(start + 1, TOKEN.symbol);
      case 35: // #
        return this.#hash(start, following);
      default:
        return this.#until(start + 1, TOKEN.symbol);
    }
  }

  #until(end: number, token: number): number {
    this.end = end;
    return token;
  }

  #space(start: number): number {
    let at = start + 1;
    while (classOf(this.#text.charCodeAt(at)) === SPACE) at++;
    return this.#until(at, TOKEN.space);
  }

  #word(start: number): number {
    const text = this.#text;
    const end = endOfWord(text, start + 1);
    const following = text.charCodeAt(end);
    if (following === 39) return this.#prefixedString(start, end);
    if (
      following === 38 &&
      end === start + 1 &&
      text.charCodeAt(end + 1) === 39 &&
      (text.charCodeAt(start) | 32) === 117
    ) {
      return this.#until(this.#endOfString(end + 2, 39, 'plain'), TOKEN.value); // U&'...'
    }
    return this.#until(end, TOKEN.word);
  }

  /** `E'..'`, `N'..'`, `X'..'`, `q'[..]'`, `_utf8'..'`: the prefix belongs to the string. */
  #prefixedString(start: number, end: number): number {
    const text = this.#text;
    if (text.charCodeAt(start) === 95) return this.#until(this.#endOfString(end + 1, 39, 'escapes'), TOKEN.value);
    if (end - start > 2) return this.#until(end, TOKEN.word);
    switch (text.slice(start, end).toLowerCase()) {
      case 'e':
        return this.#until(this.#endOfString(end + 1, 39, 'escapes'), TOKEN.value);
      case 'q':
      case 'nq':
        return this.#until(endOfOracleString(text, end + 1), TOKEN.value);
      case 'b':
      case 'n':
      case 'x':
      case 'r':
        return this.#until(this.#endOfString(end + 1, 39, this.#dialect.backslash), TOKEN.value);
      default:
        return this.#until(end, TOKEN.word);
    }
  }

  /** @param at first character inside the quotes */
  #endOfString(at: number, quote: number, backslash: Dialect['backslash']): number {
    const text = this.#text;
    let i = at;
    while (i < text.length) {
      const unit = text.charCodeAt(i);
      if (unit === quote) {
        if (text.charCodeAt(i + 1) !== quote) return i + 1;
        i += 2;
      } else if (unit === 92 && backslash !== 'plain' && this.#escapes(i, quote, backslash)) {
        i += 2;
      } else {
        i++;
      }
    }
    return text.length;
  }

  #escapes(at: number, quote: number, backslash: 'escapes' | 'guess'): boolean {
    if (backslash === 'escapes') return true;
    const following = this.#text.charCodeAt(at + 1);
    if (following === 92) return true;
    return following === quote && isWordUnit(this.#text.charCodeAt(at + 2));
  }

  /** Too long for an identifier, or never closed: then it may be a string, and is treated as one. */
  #quotedIdentifier(start: number, quote: string): number {
    const text = this.#text;
    const close = text.indexOf(quote, start + 1);
    if (close < 0) return this.#until(text.length, TOKEN.value);
    return this.#until(close + 1, close - start > LONGEST_IDENTIFIER_CHARS ? TOKEN.value : TOKEN.word);
  }

  /** SQL Server's `[name]`; anything that could be an array of values is not one. */
  #bracket(start: number): number {
    const text = this.#text;
    const limit = Math.min(text.length, start + LONGEST_IDENTIFIER_CHARS);
    let at = start + 1;
    if (classOf(text.charCodeAt(at)) === WORD) {
      while (at < limit && (isInnerWordUnit(text.charCodeAt(at)) || text.charCodeAt(at) === 32)) at++;
      if (text.charCodeAt(at) === 93) return this.#until(at + 1, TOKEN.word);
    }
    return this.#until(start + 1, TOKEN.symbol);
  }

  /** `$1`, `$name`, or PostgreSQL's `$tag$...$tag$`. */
  #dollar(start: number): number {
    const text = this.#text;
    let at = start + 1;
    while (isWordUnit(text.charCodeAt(at))) at++;
    const isTag = at - start <= LONGEST_TAG_CHARS && classOf(text.charCodeAt(start + 1)) !== DIGIT;
    if (isTag && text.charCodeAt(at) === 36) {
      const close = text.indexOf(text.slice(start, at + 1), at + 1);
      return this.#until(close < 0 ? text.length : close + (at + 1 - start), TOKEN.value);
    }
    return at === start + 1 ? this.#until(at, TOKEN.symbol) : this.#until(at, TOKEN.value);
  }

  #colon(start: number, following: number): number {
    if (following === 58) return this.#until(start + 2, TOKEN.symbol); // ::
    return this.#named(start);
  }

  /** `:name`, `:1`, `@p1`. */
  #named(start: number): number {
    const text = this.#text;
    if (!isWordUnit(text.charCodeAt(start + 1))) return this.#until(start + 1, TOKEN.symbol);
    return this.#until(endOfWord(text, start + 1), TOKEN.value);
  }

  /** `%s` and `%(name)s`; otherwise the modulo operator. */
  #percent(start: number, operandBefore: boolean): number {
    const text = this.#text;
    if (!operandBefore) {
      let at = start + 1;
      if (text.charCodeAt(at) === 40) {
        const limit = start + LONGEST_IDENTIFIER_CHARS;
        at++;
        while (at < limit && isWordUnit(text.charCodeAt(at))) at++;
        at = text.charCodeAt(at) === 41 ? at + 1 : text.length;
      }
      if (text.charCodeAt(at) === 115 && !isWordUnit(text.charCodeAt(at + 1))) return this.#until(at + 1, TOKEN.value);
    }
    return this.#until(start + 1, TOKEN.symbol);
  }

  #sign(start: number, following: number, operandBefore: boolean): number {
    if (!operandBefore) {
      const digitAt = following === 46 ? start + 2 : start + 1;
      if (classOf(this.#text.charCodeAt(digitAt)) === DIGIT) {
        return this.#until(endOfNumber(this.#text, start + 1), TOKEN.value);
      }
    }
    return this.#until(start + 1, TOKEN.symbol);
  }

  /** A comment, SQL Server's `#temporary`, or the head of one of PostgreSQL's operators. */
  #hash(start: number, following: number): number {
    const { hash } = this.#dialect;
    const startsComment = hash === 'guess' && (classOf(following) === SPACE || following === 47);
    if (hash === 'comment' || startsComment) return this.#until(endOfLine(this.#text, start), TOKEN.space);
    if (classOf(following) === WORD) return this.#until(endOfWord(this.#text, start + 1), TOKEN.word);
    return this.#until(following === 45 || following === 35 ? start + 2 : start + 1, TOKEN.symbol); // #- and ##
  }

  #endOfComment(start: number): number {
    const text = this.#text;
    if (!this.#dialect.nestedComments) {
      const close = text.indexOf('*/', start + 2);
      return close < 0 ? text.length : close + 2;
    }
    let depth = 1;
    let at = start + 2;
    while (at < text.length) {
      const unit = text.charCodeAt(at);
      if (unit === 42 && text.charCodeAt(at + 1) === 47) {
        at += 2;
        depth--;
        if (depth === 0) return at;
      } else if (unit === 47 && text.charCodeAt(at + 1) === 42) {
        at += 2;
        depth++;
      } else {
        at++;
      }
    }
    return text.length;
  }
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (isInnerWordUnit(text.charCodeAt(at))) at++;
  return at;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (classOf(text.charCodeAt(at)) === DIGIT) at++;
  return at;
}

/** Digits and whatever clings to them: fraction, exponent, hex digits, suffix. */
function endOfNumber(text: string, from: number): number {
  const isHex = text.charCodeAt(from) === 48 && (text.charCodeAt(from + 1) | 32) === 120;
  let at = from;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (isWordUnit(unit) || unit === 46) {
      at++;
    } else if ((unit === 43 || unit === 45) && !isHex && isExponent(text, from, at)) {
      at++;
    } else {
      return at;
    }
  }
}

/** Whether the sign at `at` stands between an `e` that ends a number and a digit. */
function isExponent(text: string, from: number, at: number): boolean {
  const before = text.charCodeAt(at - 2);
  return (
    at - from >= 2 &&
    (text.charCodeAt(at - 1) | 32) === 101 &&
    (classOf(before) === DIGIT || before === 46) &&
    classOf(text.charCodeAt(at + 1)) === DIGIT
  );
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

/** `q'[it's]'`: @param at the delimiter after the quote */
function endOfOracleString(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const open = text.charAt(at);
  const pair = '[]{}()<>'.indexOf(open);
  const close = pair >= 0 && pair % 2 === 0 ? '[]{}()<>'.charAt(pair + 1) : open;
  const end = text.indexOf(`${close}'`, at + 1);
  return end < 0 ? text.length : end + 2;
}
