import { describeDialect } from './dialect-cases.fixture.ts';

describeDialect('postgresql', {
  strings: [
    ["SELECT 'hush'", 'SELECT ?'],
    ["SELECT 'hush ''hush'' \\', a", 'SELECT ?, a'],
    ["SELECT E'hush\\'s hush \\\\', a, e'\\x68 hush'", 'SELECT ?, a, ?'],
    ["SELECT U&'\\0068ush hush' UESCAPE '!'", 'SELECT ? UESCAPE ?'],
    ["SELECT B'1001', X'90210', x'90210'", 'SELECT ?, ?, ?'],
    ["SELECT 'hush'\n'hush too'", 'SELECT ? ?'],
    ["SELECT DATE '2024-01-01', date'90210'", 'SELECT DATE ?, date?'],
    ["SELECT TIMESTAMP WITH TIME ZONE '90210'", 'SELECT TIMESTAMP WITH TIME ZONE ?'],
    ["SELECT now() - INTERVAL '90210 days'", 'SELECT now() - INTERVAL ?'],
    ["SELECT point '(90210, 2)'", 'SELECT point ?'],
    ["SELECT 'ünïcödé 😀 hush', 'a' || 'hush'", 'SELECT ?, ? || ?'],
    ["SELECT 'two\nlines of hush -- no comment', a", 'SELECT ?, a'],
  ],
  'dollar quotes': [
    ["SELECT $$hush 'it's' hush$$, a", 'SELECT ?, a'],
    ['SELECT $tag$ hush $$ $other$ hush $tag$, a', 'SELECT ?, a'],
    ['SELECT $fünf_1$hush$fünf_1$', 'SELECT ?'],
    ['SELECT $a$ $b$ hush $a$, $b$ hush $a$ $b$', 'SELECT ?, ?'],
    ['DO $do$ BEGIN PERFORM hush(90210); END $do$', 'DO ?'],
    [
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 90210 $$;',
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ?',
    ],
    ['SELECT a$b$c, $1, $2::text, ($3)', 'SELECT a$b$c, ?, ?::text, (?)'],
    ['SELECT $$never closed hush', 'SELECT ?'],
  ],
  numbers: [
    ['SELECT 90210, -90210, +90210, 90210.5, .90210, 90210., 1e5, 1.5E-90210', 'SELECT ?, ?, ?, ?, ?, ?, ?, ?'],
    ['SELECT 0x90210, 0b1010, 0o17, 90_210, 1_000.000_1', 'SELECT ?, ?, ?, ?, ?'],
    ['SELECT a - 90210, a-90210, (a)-90210, a * -90210, a[1]-90210', 'SELECT a - ?, a-?, (a)-?, a * ?, a[?]-?'],
    ['SELECT 1+90210, 1 + 90210, $1-90210', 'SELECT ??, ? + ?, ??'],
    [
      'a BETWEEN -90210 AND 90210 OR b = -90210 LIMIT 90210 OFFSET 90210',
      'a BETWEEN ? AND ? OR b = ? LIMIT ? OFFSET ?',
    ],
    ['FETCH FIRST 90210 ROWS ONLY', 'FETCH FIRST ? ROWS ONLY'],
    ['SELECT * FROM table_123, t.table_456 x1', 'SELECT * FROM table_123, t.table_456 x1'],
  ],
  'constants that are no numbers': [
    ['a = TRUE AND b IS NOT false AND c = null', 'a = ? AND b IS NOT ? AND c = ?'],
    [
      'a IS NULL AND b IS NOT NULL AND coalesce(a, NULL) IS NULL',
      'a IS NULL AND b IS NOT NULL AND coalesce(a, ?) IS NULL',
    ],
    ['SELECT t.true, is_null, nullif(a, 90210)', 'SELECT t.true, is_null, nullif(a, ?)'],
  ],
  'casts, arrays and slices': [
    [
      "SELECT '90210'::int4, a::numeric(10,2), CAST('hush' AS text)",
      'SELECT ?::int4, a::numeric(?,?), CAST(? AS text)',
    ],
    [
      "SELECT ARRAY[1, 2, 90210], ARRAY['hush', 'a']::text[], '{hush,b}'::text[]",
      'SELECT ARRAY[?], ARRAY[?]::text[], ?::text[]',
    ],
    [
      'SELECT ARRAY[[1, 2], [3, 90210]], a[1], a[1:90210], a[:2], a[i:j]',
      'SELECT ARRAY[[?]], a[?], a[?:?], a[?], a[i:j]',
    ],
    [
      "WHERE id = ANY(ARRAY[1, 2]::int[]) AND id = ANY ($1) AND t <> ALL('{hush}')",
      'WHERE id = ANY(ARRAY[?]::int[]) AND id = ANY (?) AND t <> ALL(?)',
    ],
  ],
  operators: [
    ["SELECT data->'hush'->>'hush', data#>'{hush}', data #>> '{hush,0}'", 'SELECT data->?->>?, data#>?, data #>> ?'],
    ['WHERE data @> \'{"a": "hush"}\' AND data <@ $1', 'WHERE data @> ? AND data <@ ?'],
    [
      "WHERE data ? 'hush' AND data ?| array['hush', 'b'] AND data ?& array['hush']",
      'WHERE data ? ? AND data ?| array[?] AND data ?& array[?]',
    ],
    [
      "WHERE data @? '$.hush' AND data @@ '$.hush > 90210' AND data #- '{hush,1}'",
      'WHERE data @? ? AND data @@ ? AND data #- ?',
    ],
    [
      "WHERE data - 'hush' = data || '{}' AND a ~* '^hush' AND b !~~ 'hush%'",
      'WHERE data - ? = data || ? AND a ~* ? AND b !~~ ?',
    ],
    ["WHERE v @@ to_tsquery('hush') AND p <-> point(1,90210) < 5", 'WHERE v @@ to_tsquery(?) AND p <-> point(?,?) < ?'],
    ['WHERE a # 90210 = b ## c', 'WHERE a # ? = b ## c'],
  ],
  names: [
    [
      'SELECT "Order"."user_1", "a""b", "x y", u&"d\\0061t" FROM "Sales"."Orders"',
      'SELECT "Order"."user_1", "a""b", "x y", u&"d\\0061t" FROM "Sales"."Orders"',
    ],
    [
      'SELECT "TRUE", "1", "it\'s" FROM Übung, 表 WHERE tableA <> tablea',
      'SELECT "TRUE", "1", "it\'s" FROM Übung, 表 WHERE tableA <> tablea',
    ],
  ],
  lists: [
    ["WHERE a IN (90210, 'hush', NULL, $1, -1.5)", 'WHERE a IN (?)'],
    ["WHERE a NOT IN (90210, lower('hush'), 2, 3)", 'WHERE a NOT IN (?, lower(?), ?)'],
    [
      'WHERE (a, b) IN ((1, 90210), (2, $1)) AND c IN (SELECT d FROM t WHERE e IN (1, 2))',
      'WHERE (a, b) IN ((?, ?)) AND c IN (SELECT d FROM t WHERE e IN (?))',
    ],
    [
      "INSERT INTO t (a, b) VALUES (1, 'hush'), (90210, DEFAULT), (3, 'hush')",
      'INSERT INTO t (a, b) VALUES (?, ?), (?, DEFAULT), (?, ?)',
    ],
    [
      'INSERT INTO t VALUES ($1, $2), ($3, $4) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b RETURNING id',
      'INSERT INTO t VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b RETURNING id',
    ],
    ["SELECT * FROM (VALUES (1, 'hush'), (2, 'b')) AS v (n, s)", 'SELECT * FROM (VALUES (?, ?)) AS v (n, s)'],
  ],
  comments: [
    ['/* hush */ SELECT a -- hush 90210\nFROM t /* a /* hush */ hush */ WHERE b', 'SELECT a FROM t WHERE b'],
    ["SELECT a /*traceparent='00-hush-90210-01',route='%2Fhush'*/;", 'SELECT a'],
    ["SELECT a--'hush\n, b", 'SELECT a , b'],
  ],
});
