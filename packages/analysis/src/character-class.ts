/** What a character can begin: nothing known, white space, a word, a number. */
export const CLASS = { none: 0, space: 1, word: 2, digit: 3 } as const;

/** Class of each ASCII character; control characters fold as white space does. */
const CLASSES = new Uint8Array(128);
for (let unit = 0; unit <= 32; unit++) CLASSES[unit] = CLASS.space;
for (let unit = 48; unit <= 57; unit++) CLASSES[unit] = CLASS.digit;
for (let unit = 65; unit <= 90; unit++) CLASSES[unit] = CLASSES[unit + 32] = CLASS.word;
CLASSES[95] = CLASS.word;

const INNER = CLASSES.map((unitClass, unit) => (unitClass >= CLASS.word || unit === 36 || unit === 35 ? 1 : 0));

/** @param unit a UTF-16 unit: beyond ASCII all may stand in an identifier; NaN, past the end, is of no class */
export function classOf(unit: number): number {
  return unit < 128 ? CLASSES[unit]! : unit >= 128 ? CLASS.word : CLASS.none;
}

export function isWordUnit(unit: number): boolean {
  return classOf(unit) >= CLASS.word;
}

/** Of a word after its first character: `$` and `#` too (`v$session`, `a#b`). */
export function isInnerWordUnit(unit: number): boolean {
  return unit < 128 ? INNER[unit] === 1 : unit >= 128;
}

/** SQL Server's money other than `$5`: a sign such as £ or €, and a digit. */
export function isMoney(text: string, start: number): boolean {
  const unit = text.charCodeAt(start);
  const isSign = unit >= 0xa2 && (unit <= 0xa5 || (unit >= 0x20a0 && unit <= 0x20cf));
  return isSign && classOf(text.charCodeAt(start + 1)) === CLASS.digit;
}
