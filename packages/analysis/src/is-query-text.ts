import { callKind } from './call-kind.ts';
import { dialectOf } from './dialect.ts';
import { QueryLexer, TOKEN } from './query-lexer.ts';

/** First words of statements that steer the session and read or write no data. */
const SESSION_WORDS = new Set([
  'ABORT',
  'COMMIT',
  'DEALLOCATE',
  'DISCARD',
  'RELEASE',
  'RESET',
  'ROLLBACK',
  'SAVEPOINT',
  'SET',
  'USE',
]);

/** `BEGIN` and `END` also enclose blocks of procedural code; these words, or nothing, make them a transaction's. */
const TRANSACTION_WORDS = new Set([
  'CONCURRENT',
  'DEFERRED',
  'EXCLUSIVE',
  'IMMEDIATE',
  'ISOLATION',
  'READ',
  'TRAN',
  'TRANSACTION',
  'WORK',
]);

/** Commands of caches that steer the connection, or only open and close what other commands fill. */
const CONNECTION_COMMANDS = new Set(
  'AUTH CLIENT CONNECT DISCARD EXEC HELLO INFO MULTI PING QUIT SELECT UNWATCH WATCH'.split(' '),
);

/**
 * Whether a statement is a query. `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT`, `SET` and their like are none, nor is an
 * empty text; a text with several statements is one when any of them is. A text and its fingerprint are judged alike.
 */
export function isQueryText(text: string, dbSystem = ''): boolean {
  if (callKind(dbSystem) === 'cache') return isCacheCommand(text);
  const dialect = dialectOf(dbSystem);
  const lexer = new QueryLexer(text, dialect);
  for (;;) {
    const statement = firstWords(lexer, text);
    if (statement === undefined) return false;
    const { first, second } = statement;
    if (dialect.language !== 'sql' || !isSession(first, second)) return true;
    if (!skipStatement(lexer, text, statement.ended)) return false;
  }
}

function isCacheCommand(text: string): boolean {
  const command = /[^\0- ]+/.exec(text)?.[0] ?? '';
  return command !== '' && !CONNECTION_COMMANDS.has(command.toUpperCase());
}

function isSession(first: string, second: string): boolean {
  if (first === 'BEGIN' || first === 'END') return second === '' || TRANSACTION_WORDS.has(second);
  if (first === 'START') return second === 'TRANSACTION';
  return SESSION_WORDS.has(first);
}

/** The first two tokens of the next statement in upper case; undefined when there is none. */
function firstWords(lexer: QueryLexer, text: string) {
  const words: string[] = [];
  for (;;) {
    const token = lexer.next();
    if (token === TOKEN.space) continue;
    const isSemicolon = token === TOKEN.symbol && text.charCodeAt(lexer.start) === 59;
    if (token === TOKEN.end || (isSemicolon && words.length > 0)) {
      return words.length === 0 ? undefined : { first: words[0]!, second: '', ended: true };
    }
    if (isSemicolon) continue;
    words.push(text.slice(lexer.start, Math.min(lexer.end, lexer.start + 16)).toUpperCase());
    if (words.length === 2) return { first: words[0]!, second: words[1]!, ended: false };
  }
}

/** Moves behind the statement's semicolon. @returns false when the text ends first */
function skipStatement(lexer: QueryLexer, text: string, ended: boolean): boolean {
  if (ended) return true;
  for (;;) {
    const token = lexer.next();
    if (token === TOKEN.end) return false;
    if (token === TOKEN.symbol && text.charCodeAt(lexer.start) === 59) return true;
  }
}
