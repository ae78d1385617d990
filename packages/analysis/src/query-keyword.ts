export type Keyword = 'in' | 'values' | 'row' | 'boolean' | 'null' | 'select';

const KEYWORDS = new Map<string, Keyword>([
  ['IN', 'in'],
  ['VALUES', 'values'],
  ['VALUE', 'values'],
  ['ROW', 'row'],
  ['TRUE', 'boolean'],
  ['FALSE', 'boolean'],
  ['NULL', 'null'],
  ['SELECT', 'select'],
  ['WITH', 'select'],
]);

/** By length, a bit for each letter that a keyword begins with: most words are no keyword, and show it so. */
const INITIALS: number[] = [];
for (const keyword of KEYWORDS.keys()) INITIALS[keyword.length] = (INITIALS[keyword.length] ?? 0) | initial(keyword, 0);
for (let length = 0; length < INITIALS.length; length++) INITIALS[length] ??= 0;

/** The keywords by which normalising is steered. */
export function keywordAt(text: string, start: number, end: number): Keyword | undefined {
  const length = end - start;
  if (length >= INITIALS.length || (INITIALS[length]! & initial(text, start)) === 0) return undefined;
  return KEYWORDS.get(text.slice(start, end).toUpperCase());
}

/** Letters of either case, and few others, share a bit. */
function initial(text: string, at: number): number {
  return 1 << (text.charCodeAt(at) & 31);
}
