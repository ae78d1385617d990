/** Statements beyond this length are looked at so far. */
const CHARS_MAX = 65_536;
/** First words of commands and operations that are many in one, in the languages that are no SQL. */
const BATCH_COMMAND = /^\s*(?:mget|mset|hmget|json\.mget|batch|bulk|msearch|pipeline|exec\b|transact(?:get|write))/i;
const SEVERAL_LISTED = /\b(?:in|any)\s*\(\s*(?!select\b|with\b)[^()]*,/i;
/** An array as one value: its length is not known, and it is the idiom for asking for many. */
const ARRAY_VALUE = /(?:=|<>)\s*any\s*\(|\bunnest\s*\(|"?\$in"?\s*:/i;

/**
 * Whether a statement, as it was sent and not normalised, asks for many at once: several values in an `IN`, an array, several
 * rows to insert. A loop of such statements works through a list in chunks, which is how an N+1 is mended.
 */
export function isBatchText(text: string): boolean {
  const start = text.slice(0, CHARS_MAX);
  return BATCH_COMMAND.test(start) || SEVERAL_LISTED.test(start) || ARRAY_VALUE.test(start) || hasSeveralRows(start);
}

/** `VALUES (...), (...)`: behind the first row's end stands a comma. */
function hasSeveralRows(text: string): boolean {
  const values = /\bvalues\s*\(/i.exec(text);
  if (values === null) return false;
  let depth = 1;
  for (let at = values.index + values[0].length; at < text.length; at++) {
    const char = text[at];
    if (char === "'") {
      at = text.indexOf("'", at + 1);
      if (at < 0) return false;
    } else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return /^\s*,\s*\(/.test(text.slice(at + 1, at + 64));
  }
  return false;
}
