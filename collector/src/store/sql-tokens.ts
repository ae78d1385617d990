/**
 * Cuts ClickHouse SQL into tokens: enough to find where statements, keywords, parentheses and strings begin and end, and
 * no more. Total: any text yields tokens that cover it, whitespace and comments left out; what never closes runs to the end.
 */
export interface SqlToken {
  readonly kind: 'word' | 'string' | 'quoted' | 'number' | 'symbol';
  /** As written; of a word, as written too: compare with {@link isWord}. */
  readonly text: string;
  readonly start: number;
  /** One past the last character. */
  readonly end: number;
}

const TOKEN =
  /(?<skip>\s+|--[^\n]*|#!?[ !][^\n]*|\/\*[^]*?(?:\*\/|$))|(?<string>'(?:[^'\\]|\\[^]|'')*(?:'|$))|(?<quoted>"(?:[^"\\]|\\[^]|"")*(?:"|$)|`(?:[^`\\]|\\[^]|``)*(?:`|$))|(?<heredoc>\$(?<tag>\w*)\$[^]*?\$\k<tag>\$)|(?<number>\d[\w.]*)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol>[^])/uy;

export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sql.length) {
    const start = TOKEN.lastIndex;
    const groups = TOKEN.exec(sql)?.groups;
    if (groups === undefined) break;
    if (groups.skip !== undefined) continue;
    tokens.push({ kind: kindOf(groups), text: sql.slice(start, TOKEN.lastIndex), start, end: TOKEN.lastIndex });
  }
  return tokens;
}

function kindOf(groups: Record<string, string | undefined>): SqlToken['kind'] {
  if (groups.word !== undefined) return 'word';
  if (groups.string !== undefined || groups.heredoc !== undefined) return 'string';
  if (groups.quoted !== undefined) return 'quoted';
  return groups.number === undefined ? 'symbol' : 'number';
}

/** Whether the token is this keyword, in any case of letters. */
export function isWord(token: SqlToken | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

export function isSymbol(token: SqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}

/** The statements of a script, each without its semicolon; empty ones and those of comments only left out. */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let first: SqlToken | undefined;
  let end = 0;
  for (const token of sqlTokens(script)) {
    if (isSymbol(token, ';')) {
      if (first !== undefined) statements.push(script.slice(first.start, end));
      first = undefined;
      continue;
    }
    first ??= token;
    end = token.end;
  }
  if (first !== undefined) statements.push(script.slice(first.start, end));
  return statements;
}
