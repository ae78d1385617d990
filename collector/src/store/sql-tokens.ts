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

const TOKEN = new RegExp(
  [
    /(?<skip>\s+|--[^\n]*|\/\/[^\n]*|#[ !][^\n]*)/,
    /(?<comment>\/\*)/,
    /(?<string>'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|$)|\$(?<tag>\w*)\$.*?\$\k<tag>\$)/,
    /(?<quoted>"[^"\\]*(?:(?:\\.|"")[^"\\]*)*(?:"|$)|`[^`\\]*(?:(?:\\.|``)[^`\\]*)*(?:`|$))/,
    /(?<number>\d[\w.]*)/,
    /(?<word>[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<symbol>.)/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
  'suy',
);

/** Lazy, so that who looks for the head of an insert does not read the data behind it. */
export function* sqlTokens(sql: string): Generator<SqlToken, void, undefined> {
  let start = 0;
  while (start < sql.length) {
    TOKEN.lastIndex = start;
    const groups = TOKEN.exec(sql)?.groups;
    if (groups === undefined) return;
    const end = groups.comment === undefined ? TOKEN.lastIndex : endOfComment(sql, start);
    if (groups.skip === undefined && groups.comment === undefined)
      yield { kind: kindOf(groups), text: sql.slice(start, end), start, end };
    start = end;
  }
}

// Comments nest: in `/* a /* b */ c */`, c is one too.
function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let depth = 0; ; ) {
    const found = mark.exec(sql)?.[0];
    if (found === undefined) return sql.length;
    depth += found === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
}

function kindOf(groups: Record<string, string | undefined>): SqlToken['kind'] {
  if (groups.word !== undefined) return 'word';
  if (groups.string !== undefined) return 'string';
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
