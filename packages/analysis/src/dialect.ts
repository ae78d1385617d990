/** What of a query's spelling depends on the database. A system that is not known gets the reading that leaks the least. */
export interface Dialect {
  /**
   * SQL; JSON and its kin, where a string is a name when a colon follows (`document`); or a command and its arguments,
   * separated by spaces (`command`).
   */
  readonly language: 'sql' | 'document' | 'command';
  /** `"x"` is a string, not an identifier. */
  readonly doubleQuotedStrings: boolean;
  /**
   * `"x"` is a string where it is compared with or listed, as in `a = "x"` or `IN ("x")`: a name would mostly stand there
   * with its table's. SQLite takes it for a string when no column has the name.
   */
  readonly comparedStrings: boolean;
  /** What a backslash in `'...'` does: always escapes, never does, or does where a word goes on after the quote. */
  readonly backslash: 'escapes' | 'plain' | 'guess';
  /** What `#` starts: a comment, nothing, or a comment where a space follows. */
  readonly hash: 'comment' | 'plain' | 'guess';
  /** What `--` starts: a comment, or a comment where no operand follows (`5--1` is 6). */
  readonly dashes: 'comment' | 'operators';
  /** What `[` starts: always a name, always a subscript or an array, or a name where only a name can be meant. */
  readonly brackets: 'names' | 'arrays' | 'guess';
  /** Block comments nest. */
  readonly nestedComments: boolean;
  /** What stands in the comment of `/*!50110 ...` is run by the server. */
  readonly versionComments: boolean;
  /** `q'[it's]'` is one string. */
  readonly alternativeQuotes: boolean;
  /** `SELECT ... INTO x` makes a table; elsewhere it sets a variable. */
  readonly selectIntoTable: boolean;
}

const STANDARD: Dialect = {
  language: 'sql',
  doubleQuotedStrings: false,
  comparedStrings: false,
  backslash: 'plain',
  hash: 'plain',
  dashes: 'comment',
  brackets: 'arrays',
  nestedComments: false,
  versionComments: false,
  alternativeQuotes: false,
  selectIntoTable: false,
};
const POSTGRESQL: Dialect = { ...STANDARD, nestedComments: true, selectIntoTable: true };
const MYSQL: Dialect = {
  ...STANDARD,
  doubleQuotedStrings: true,
  backslash: 'escapes',
  hash: 'comment',
  dashes: 'operators',
  versionComments: true,
};
const SQLITE: Dialect = { ...STANDARD, comparedStrings: true, brackets: 'names' };
const SQL_SERVER: Dialect = { ...STANDARD, brackets: 'names', nestedComments: true, selectIntoTable: true };
const ORACLE: Dialect = { ...STANDARD, alternativeQuotes: true };
const CLICKHOUSE: Dialect = { ...STANDARD, backslash: 'escapes', hash: 'guess' };
export const DOCUMENT_DIALECT: Dialect = { ...STANDARD, language: 'document', backslash: 'escapes', hash: 'guess' };
const COMMAND: Dialect = { ...STANDARD, language: 'command' };
export const UNKNOWN_DIALECT: Dialect = {
  ...STANDARD,
  comparedStrings: true,
  backslash: 'guess',
  hash: 'guess',
  brackets: 'guess',
  alternativeQuotes: true,
  selectIntoTable: true,
};

/** By `db.system.name`, stable and old spellings, and by the names of clients that some instrumentations put there (Knex). */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  mysql: MYSQL,
  mysql2: MYSQL,
  mariadb: MYSQL,
  tidb: MYSQL,
  postgresql: POSTGRESQL,
  postgres: POSTGRESQL,
  pg: POSTGRESQL,
  cockroachdb: POSTGRESQL,
  'aws.redshift': POSTGRESQL,
  redshift: POSTGRESQL,
  sqlite: SQLITE,
  sqlite3: SQLITE,
  'better-sqlite3': SQLITE,
  'microsoft.sql_server': SQL_SERVER,
  mssql: SQL_SERVER,
  'oracle.db': ORACLE,
  oracle: ORACLE,
  'ibm.db2': STANDARD,
  db2: STANDARD,
  clickhouse: CLICKHOUSE,
  mongodb: DOCUMENT_DIALECT,
  elasticsearch: DOCUMENT_DIALECT,
  opensearch: DOCUMENT_DIALECT,
  couchdb: DOCUMENT_DIALECT,
  redis: COMMAND,
  valkey: COMMAND,
  keydb: COMMAND,
  dragonfly: COMMAND,
  'spring-data-redis': COMMAND,
  memcached: COMMAND,
};

/** @param dbSystem value of `db.system.name` (or the old `db.system`), '' when unknown */
export function dialectOf(dbSystem: string): Dialect {
  return Object.hasOwn(DIALECTS, dbSystem) ? DIALECTS[dbSystem]! : UNKNOWN_DIALECT;
}
