import { describeDialect } from './dialect-cases.fixture.ts';

describeDialect('sqlite', {
  strings: [
    ["SELECT 'hush', 'hush''s hush', 'hush\\', x'90210', X'90210'", 'SELECT ?, ?, ?, ?, ?'],
    ["SELECT json_extract(a, '$.hush[0]'), a ->> '$.hush'", 'SELECT json_extract(a, ?), a ->> ?'],
  ],
  'strings in double quotes': [
    [
      'SELECT "a" FROM "t" WHERE "b" = "hush" AND c <> "hush""s" AND d IN ("hush", "x")',
      'SELECT "a" FROM "t" WHERE "b" = ? AND c <> ? AND d IN (?)',
    ],
    ['INSERT INTO "t" ("a", "b") VALUES ("hush", 1), ("x", 2)', 'INSERT INTO "t" ("a", "b") VALUES (?, ?)'],
    [
      'SELECT * FROM t JOIN u ON "t"."a" = "u"."a" AND b = "lower"(c)',
      'SELECT * FROM t JOIN u ON "t"."a" = "u"."a" AND b = "lower"(c)',
    ],
  ],
  names: [
    [
      'SELECT [order], [a b], "x", "x""y", `z` FROM [main].[t 1]',
      'SELECT [order], [a b], "x", "x""y", `z` FROM [main].[t 1]',
    ],
    ["SELECT [it's -- no comment], a FROM t", "SELECT [it's -- no comment], a FROM t"],
  ],
  placeholders: [
    [
      'WHERE a = ? AND b = ?2 AND c = :hush AND d = @hush AND e = $hush',
      'WHERE a = ? AND b = ? AND c = ? AND d = ? AND e = ?',
    ],
  ],
  statements: [
    [
      "INSERT OR REPLACE INTO t VALUES (1, 'hush'), (2, 'b'); SELECT last_insert_rowid()",
      'INSERT OR REPLACE INTO t VALUES (?, ?); SELECT last_insert_rowid()',
    ],
    ['PRAGMA table_info(t)', 'PRAGMA table_info(t)'],
    [
      'SELECT 90210, -90210, 9_0210, 0x90210, 1e-5, .5 LIMIT 90210 OFFSET 3',
      'SELECT ?, ?, ?, ?, ?, ? LIMIT ? OFFSET ?',
    ],
    [
      "SELECT a FROM t WHERE b IS NOT NULL AND c == 90210 AND d GLOB 'hush*' -- hush",
      'SELECT a FROM t WHERE b IS NOT NULL AND c == ? AND d GLOB ?',
    ],
  ],
});
