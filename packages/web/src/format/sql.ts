// Lays a query out over lines, as a person would write it. Only blanks change, and only outside of quotes: a clause begins
// a line, a subquery stands further in. A text that this does not understand for certain (comments, backslashes, a quote
// without an end) stays as it is, and so does a short one.
//
//   SELECT a FROM t WHERE b IN (SELECT c FROM u) AND d = ?   =>   SELECT a
//                                                                 FROM t
//                                                                 WHERE b IN (
//                                                                   SELECT c
//                                                                   FROM u
//                                                                 )
//                                                                   AND d = ?

const ONE_LINE_CHARS_MAX = 80;
/** Longer texts are no reading matter, and are shown as they came. */
const TEXT_CHARS_MAX = 50_000;
/** Subqueries deeper than this stand no further in. */
const INDENT_MAX = 16;

const TOKEN = /\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$@:#.\u0080-\uffff]+|[\s\S]/gu;

/** Words that begin a line of their own. `JOIN` does so unless a word of its kind stands before it. */
const CLAUSES = new Set(
  'SELECT FROM WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH UNION INTERSECT EXCEPT VALUES SET RETURNING WINDOW'.split(
    ' ',
  ),
);
const JOIN_KINDS = new Set('LEFT RIGHT INNER FULL CROSS NATURAL OUTER'.split(' '));
const CONDITIONS = new Set(['AND', 'OR']);

/** @param text normalised, of a database that speaks SQL; of any other it stays as it is. */
export function prettySql(text: string): string {
  if (text.length <= ONE_LINE_CHARS_MAX || text.length > TEXT_CHARS_MAX) return text;
  if (!/^\s*\(*\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|REPLACE)\b/i.test(text)) return text;
  if (/--|\/\*|\\|\$\$/.test(text)) return text;
  const tokens = text.trim().match(TOKEN) ?? [];
  if (tokens.some((token) => token === "'" || token === '"' || token === '`')) return text;
  return laidOut(tokens);
}

function laidOut(tokens: readonly string[]): string {
  /** Of every open bracket, whether a subquery stands in it. */
  const brackets: boolean[] = [];
  /** How far in the clauses stand; of every open subquery, how far those around it do, and the line on which it opens. */
  let indent = 0;
  let lineIndent = 0;
  const around: { indent: number; lineIndent: number }[] = [];
  let output = '';
  let before = '';
  let afterBetween = false;
  let atLineStart = false;
  const breakLine = (at: number) => {
    lineIndent = at;
    output += `\n${'  '.repeat(Math.min(at, INDENT_MAX))}`;
    atLineStart = true;
  };

  for (const [at, token] of tokens.entries()) {
    const word = token.toUpperCase();
    if (/^\s/u.test(token)) {
      const next = (tokens[at + 1] ?? '').toUpperCase();
      const isInline = brackets.at(-1) === false;
      if (atLineStart || (brackets.at(-1) && next === ')')) continue;
      if (!isInline && startsLine(next, before, tokens[at + 2])) breakLine(indent);
      else if (!isInline && CONDITIONS.has(next) && !(next === 'AND' && afterBetween)) breakLine(indent + 1);
      else output += ' ';
      continue;
    }
    if (token === ')') {
      const wasSubquery = brackets.pop();
      if (wasSubquery) {
        const outer = around.pop()!;
        indent = outer.indent;
        breakLine(outer.lineIndent);
      }
    }
    output += token;
    atLineStart = false;
    if (token === '(') {
      const next = /^\s/u.test(tokens[at + 1] ?? '') ? tokens[at + 2] : tokens[at + 1];
      const isSubquery = next?.toUpperCase() === 'SELECT';
      brackets.push(isSubquery);
      if (isSubquery) {
        around.push({ indent, lineIndent });
        indent = lineIndent + 1;
        breakLine(indent);
      }
    }
    if (word === 'BETWEEN') afterBetween = true;
    else if (word === 'AND') afterBetween = false;
    before = word;
  }
  return output;
}

function startsLine(word: string, before: string, after: string | undefined): boolean {
  if (before === '(') return false;
  if (word === 'JOIN') return !JOIN_KINDS.has(before);
  // LEFT and RIGHT are functions, too.
  if (JOIN_KINDS.has(word)) return !JOIN_KINDS.has(before) && after !== '(';
  // `DELETE FROM`, `DISTINCT FROM` and `EXTRACT(… FROM …)` hold together.
  if (word === 'FROM') return before !== 'DELETE' && before !== 'DISTINCT';
  if (word === 'SELECT') return before !== '';
  return CLAUSES.has(word);
}
