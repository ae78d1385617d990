/**
 * What of a query's spelling depends on the database. The lexer needs only these three facts; a system that it does not
 * know gets the reading that leaks the least.
 */
export interface Dialect {
  /** `"x"` is a string, not an identifier. */
  readonly doubleQuotedStrings: boolean;
  /** What a backslash in `'...'` does: always escapes, never does, or does where a word goes on after the quote. */
  readonly backslash: 'escapes' | 'plain' | 'guess';
  /** What `#` starts: a comment, nothing, or a comment where a space follows. */
  readonly hash: 'comment' | 'plain' | 'guess';
  /** Block comments nest. */
  readonly nestedComments: boolean;
}

const MYSQL: Dialect = { doubleQuotedStrings: true, backslash: 'escapes', hash: 'comment', nestedComments: false };
const POSTGRESQL: Dialect = { doubleQuotedStrings: false, backslash: 'plain', hash: 'plain', nestedComments: true };
const STANDARD: Dialect = { doubleQuotedStrings: false, backslash: 'plain', hash: 'plain', nestedComments: false };
const UNKNOWN: Dialect = { doubleQuotedStrings: false, backslash: 'guess', hash: 'guess', nestedComments: false };

/** By `db.system.name`, stable and old spellings. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  mysql: MYSQL,
  mariadb: MYSQL,
  postgresql: POSTGRESQL,
  cockroachdb: POSTGRESQL,
  'aws.redshift': POSTGRESQL,
  redshift: POSTGRESQL,
  sqlite: STANDARD,
  'microsoft.sql_server': { ...STANDARD, nestedComments: true },
  mssql: { ...STANDARD, nestedComments: true },
  'oracle.db': STANDARD,
  oracle: STANDARD,
  'ibm.db2': STANDARD,
  db2: STANDARD,
};

/** @param dbSystem value of `db.system.name` (or the old `db.system`), '' when unknown */
export function dialectOf(dbSystem: string): Dialect {
  return Object.hasOwn(DIALECTS, dbSystem) ? DIALECTS[dbSystem]! : UNKNOWN;
}
