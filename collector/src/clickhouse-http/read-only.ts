import { isSymbol, isWord, sqlTokens } from '../store/sql-tokens.ts';

/**
 * What a read-only port lets through: one statement that reads tables. The engine's own `readonly` stops inserts, DDL
 * and settings, but not `SELECT ... INTO OUTFILE`, which writes any file of the machine; and what reads files or opens
 * connections has no business here either. An unknown table function is refused, so that a newer engine opens no door.
 *
 * Nothing here rests on reading SQL as the engine does: quotes, blanks and comments of other scripts would hide a word
 * from us that the engine finds. `OUTFILE` is refused wherever it stands, in a string too, and so are those characters.
 */
export function refusalOfRead(sql: string, tableFunctions: ReadonlySet<string>): string | undefined {
  if (/outfile/i.test(sql)) return 'INTO OUTFILE is not allowed here, nor is the word anywhere';
  const tokens = [...sqlTokens(sql)];
  const first = tokens.find((token) => !isSymbol(token, '('));
  if (!isWord(first, 'SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS')) {
    return 'only SELECT, WITH, SHOW, DESCRIBE, EXPLAIN and EXISTS are allowed here';
  }
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.kind === 'symbol' && !/[!-~]/.test(token.text)) {
      return `the character ${JSON.stringify(token.text)} outside of quotes is not allowed here`;
    }
    if (isWord(token, 'INSERT') && isWord(next, 'INTO')) return 'INSERT is not allowed here';
    if (!isSymbol(next, '(')) continue;
    if (token.kind === 'quoted') return `a quoted name of a function, ${token.text}, is not allowed here`;
    const name = token.text.toLowerCase();
    if (token.kind === 'word' && tableFunctions.has(name) && !HARMLESS.has(name)) {
      return `the function ${token.text} is not allowed here`;
    }
  }
  return undefined;
}

/** Table functions that make rows out of nothing or out of tables of this engine, and namesakes of plain functions. */
const HARMLESS = new Set([
  'format',
  'generate_series',
  'generateseries',
  'null',
  'numbers',
  'numbers_mt',
  'primes',
  'values',
  'view',
  'viewifpermitted',
  'zeros',
  'zeros_mt',
  'timeseriesdata',
  'timeseriesmetrics',
  'timeseriestags',
  'mergetreeindex',
  'mergetreeprojection',
]);
