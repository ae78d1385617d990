import { CLASS, classOf, isInnerWordUnit, isWordUnit } from './character-class.ts';
import type { Dialect } from './dialect.ts';

/**
 * Where things end that begin at a known character. All run to the end of the text when nothing closes them, and look
 * at each character a bounded number of times.
 */

/** @param from the first character inside the quotes */
export function endOfString(text: string, from: number, quote: number, backslash: Dialect['backslash']): number {
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      if (text.charCodeAt(at + 1) !== quote) return at + 1;
      at += 2;
    } else if (unit === 92 && backslash !== 'plain' && escapes(text, at, quote, backslash)) {
      at += 2;
    } else {
      at++;
    }
  }
  return text.length;
}

function escapes(text: string, at: number, quote: number, backslash: 'escapes' | 'guess'): boolean {
  if (backslash === 'escapes') return true;
  const following = text.charCodeAt(at + 1);
  if (following === 92) return true;
  return following === quote && isWordUnit(text.charCodeAt(at + 2));
}

/** @returns where a quoted name ends in which the quote is written twice, or -1 when it never does */
export function endOfQuotedName(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at >= 0 && text.charAt(at + 1) === quote) at = text.indexOf(quote, at + 2);
  return at < 0 ? -1 : at + 1;
}

/** Oracle's `q'[it's]'`. @param at the delimiter after the quote */
export function endOfAlternativeString(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const open = text.charAt(at);
  const pair = '[]{}()<>'.indexOf(open);
  const close = pair >= 0 && pair % 2 === 0 ? '[]{}()<>'.charAt(pair + 1) : open;
  const end = text.indexOf(`${close}'`, at + 1);
  return end < 0 ? text.length : end + 2;
}

/** PostgreSQL cuts identifiers at 63 bytes; the limit keeps the search for the closing tag linear. */
const TAG_CHARS_MAX = 64;

/** `$tag$...$tag$`, or `$name`. @param start of the first `$` */
export function endOfDollarString(text: string, start: number): number {
  let at = start + 1;
  while (isWordUnit(text.charCodeAt(at))) at++;
  if (at - start > TAG_CHARS_MAX || text.charCodeAt(at) !== 36) return at;
  const close = text.indexOf(text.slice(start, at + 1), at + 1);
  return close < 0 ? text.length : close + (at + 1 - start);
}

/** Digits and whatever clings to them: fraction, exponent, separators, hex digits, suffix. */
export function endOfNumber(text: string, from: number): number {
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
    (classOf(before) === CLASS.digit || before === 46) &&
    classOf(text.charCodeAt(at + 1)) === CLASS.digit
  );
}

export function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && isInnerWordUnit(text.charCodeAt(at))) at++;
  return at;
}

export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (classOf(text.charCodeAt(at)) === CLASS.digit) at++;
  return at;
}

export function endOfSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && classOf(text.charCodeAt(at)) === CLASS.space) at++;
  return at;
}

export function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

/** @param start of the comment's opening slash */
export function endOfComment(text: string, start: number, nested: boolean): number {
  if (!nested) {
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

/** `/*!`, MariaDB's `/*M!`, and the version from which on the content is run. */
const VERSION_MARK = /^\/\*M?!(?:\d{5,6}(?!\d))?/;
const VERSION_MARK_CHARS_MAX = 11;

/** Where MySQL's `/*!50110` ends, the content of which is no comment; `start` when none is there. */
export function endOfVersionMark(text: string, start: number): number {
  return start + (VERSION_MARK.exec(text.slice(start, start + VERSION_MARK_CHARS_MAX))?.[0].length ?? 0);
}
