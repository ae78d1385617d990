import { isSymbol, isWord, sqlTokens } from '../store/sql-tokens.ts';

/** The statement's own `FORMAT Name`, where it has one outside parentheses. */
export function formatOf(sql: string): string | undefined {
  let depth = 0;
  let format: string | undefined;
  let awaited = false;
  for (const token of sqlTokens(sql)) {
    if (awaited && token.kind === 'word') format = token.text;
    awaited = depth === 0 && isWord(token, 'FORMAT');
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
  }
  return format;
}
