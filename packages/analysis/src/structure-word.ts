/** What a keyword does to the reading of a statement's structure. */
export type StructureWord =
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'truncate'
  | 'define'
  | 'call'
  | 'with'
  /** A command that is worth its place in a summary. */
  | 'operate'
  /** Steers the session or a routine. */
  | 'session'
  /** A statement follows. */
  | 'block'
  | 'source'
  | 'join'
  | 'into'
  | 'using'
  | 'as'
  /** Begins a clause that names no table. */
  | 'clause';

const WORDS = new Map<string, StructureWord>();
for (const [kind, words] of [
  ['select', 'SELECT'],
  ['insert', 'INSERT REPLACE UPSERT'],
  ['update', 'UPDATE'],
  ['delete', 'DELETE'],
  ['merge', 'MERGE'],
  ['truncate', 'TRUNCATE'],
  ['define', 'CREATE ALTER DROP'],
  ['call', 'CALL EXEC EXECUTE'],
  ['with', 'WITH'],
  ['operate', 'EXPLAIN DESCRIBE COPY ANALYZE VACUUM LOCK OPTIMIZE REFRESH LOAD GRANT REVOKE COMMENT'],
  [
    'session',
    'BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE START SET RESET USE SHOW PRAGMA DECLARE OPEN CLOSE FETCH PREPARE DEALLOCATE UNLOCK END LISTEN NOTIFY KILL CHECKPOINT REINDEX ATTACH DETACH DISCARD',
  ],
  ['block', 'THEN ELSE LOOP DO'],
  ['source', 'FROM'],
  ['join', 'JOIN STRAIGHT_JOIN APPLY'],
  ['into', 'INTO'],
  ['using', 'USING'],
  ['as', 'AS'],
  [
    'clause',
    'WHERE GROUP HAVING ORDER LIMIT OFFSET UNION INTERSECT EXCEPT MINUS VALUES RETURNING OUTPUT WINDOW QUALIFY CONNECT WHEN FOR OPTION DEFAULT',
  ],
] as const) {
  for (const word of words.split(' ')) WORDS.set(word, kind);
}

const CHARS_MAX = Math.max(...[...WORDS.keys()].map((word) => word.length));

/** @param word in upper case */
export function structureWord(word: string): StructureWord | undefined {
  return word.length > CHARS_MAX ? undefined : WORDS.get(word);
}

/** What `CREATE`, `ALTER` and `DROP` may make, and whether it is a table or is read like one. */
export const OBJECT_TYPES: ReadonlyMap<string, boolean> = new Map(
  (
    [
      [true, 'TABLE VIEW'],
      [
        false,
        'INDEX PROCEDURE PROC FUNCTION TRIGGER SEQUENCE DATABASE SCHEMA TYPE EXTENSION USER ROLE PACKAGE SYNONYM DOMAIN POLICY LOGIN EVENT AGGREGATE TABLESPACE SERVER',
      ],
    ] as const
  ).flatMap(([isTable, types]) => types.split(' ').map((type) => [type, isTable] as const)),
);

/** May stand between a command and the name that it acts on. */
export const MODIFIERS: ReadonlySet<string> = new Set(
  'INTO TABLE TABLES ONLY LATERAL IF NOT EXISTS IGNORE LOW_PRIORITY HIGH_PRIORITY DELAYED QUICK OR REPLACE ABORT FAIL ROLLBACK OVERWRITE CONCURRENTLY RECURSIVE TOP LOCAL DATA ALL FIRST'.split(
    ' ',
  ),
);
