import { isWordUnit } from './character-class.ts';
import { type Dialect, DOCUMENT_DIALECT, UNKNOWN_DIALECT } from './dialect.ts';
import { QueryLexer, TOKEN } from './query-lexer.ts';

/**
 * The dialect to read a text by: of no known system, one that begins with `{"key":`, or a list of such, is a document, for no
 * SQL begins so. Told by tokens that normalising leaves as they are, so that a normalised text is read alike.
 */
export function dialectFor(text: string, dialect: Dialect): Dialect {
  if (dialect !== UNKNOWN_DIALECT || isWordUnit(text.charCodeAt(0))) return dialect;
  const lexer = new QueryLexer(text, dialect);
  let at = nextCharacter(lexer, text);
  while (at === ';') at = nextCharacter(lexer, text);
  while (at === '[') at = nextCharacter(lexer, text);
  const isDocument = at === '{' && nextCharacter(lexer, text) === '"' && nextCharacter(lexer, text) === ':';
  return isDocument ? DOCUMENT_DIALECT : dialect;
}

function nextCharacter(lexer: QueryLexer, text: string): string {
  let token: number;
  do token = lexer.next();
  while (token === TOKEN.space);
  return token === TOKEN.value ? '?' : text.charAt(lexer.start);
}
