import SQLLEXER from '../fixtures/go-sqllexer.json' with { type: 'json' };
import SEMCONV from '../fixtures/semconv-db-sql-test-cases.json' with { type: 'json' };

/** Statements to spoil: those of the conformance cases, and what these lack. */
export const FUZZ_CORPUS: readonly string[] = [
  ...SQLLEXER.map(({ input }) => input),
  ...SEMCONV.map(({ input }) => input.query),
  'INSERT INTO t VALUES ROW(1,2), ROW(3,4) AS x ON DUPLICATE KEY UPDATE a = VALUES(a)',
  "SELECT /*!40001 SQL_NO_CACHE */ x--1, b'01', \"it's\" FROM `a``b`.2024_t # comment",
  "SELECT TOP 10 [a]]b], N'x', @@rowcount FROM ##shared WHERE x = @p1 AND d = {ts '2024-01-01'}",
  "SELECT /*+ FULL(t) */ q'[it's]', nq'{x}', DATE '2024-01-01' FROM t WHERE a = :1 AND b = :name AND c(+) = d",
  "SELECT $tag$x$tag$, E'it\\'s', U&'x', a[1:2], d->>'k', d ? 'k', d ?| ARRAY['a'] FROM t WHERE id = ANY($1::int[])",
  '{"find":"users","filter":{"a":[1,2,{"b":null}],"c":{"$in":["x","y"]}}}',
  '[{"$match":{"a":"b"}},{"$limit":5}]',
  'HSET user:17 name Ann',
];
