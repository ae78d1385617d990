import { describeDialect } from './dialect-cases.fixture.ts';

for (const system of ['oracle.db', 'oracle']) {
  describeDialect(system, {
    strings: [
      [
        "SELECT q'[it's hush]', Q'{hush}}', nq'<hush'>', Nq'(hush)', q'!hush's!' FROM dual",
        'SELECT ?, ?, ?, ?, ? FROM dual',
      ],
      ["SELECT q'[a]b] hush]', a, q'hhushh', b FROM dual", 'SELECT ?, a, ?, b FROM dual'],
      ["SELECT 'hush', 'hush''s', 'hush\\', N'hush', n'hush' FROM dual", 'SELECT ?, ?, ?, ?, ? FROM dual'],
      [
        "SELECT DATE '2024-01-01', TIMESTAMP '90210', INTERVAL '90210' DAY TO SECOND(3) FROM dual",
        'SELECT DATE ?, TIMESTAMP ?, INTERVAL ? DAY TO SECOND(?) FROM dual',
      ],
      [
        'SELECT 90210, 1.5f, 2d, 1e10D, -90210 FROM dual WHERE ROWNUM <= 90210',
        'SELECT ?, ?, ?, ?, ? FROM dual WHERE ROWNUM <= ?',
      ],
    ],
    'binds and names': [
      ['WHERE a = :1 AND b = :hush AND c IN (:a, :b)', 'WHERE a = ? AND b = ? AND c IN (?)'],
      [
        'SELECT v$session.sid, a#b, "Mixed Case", t.col# FROM sys.v_$session, orders@remote',
        'SELECT v$session.sid, a#b, "Mixed Case", t.col# FROM sys.v_$session, orders?',
      ],
      ['SELECT a, :new.id FROM t', 'SELECT a, ?.id FROM t'],
    ],
    statements: [
      ['SELECT /*+ INDEX(t hush_ix) */ a FROM t WHERE b(+) = c -- hush', 'SELECT a FROM t WHERE b(+) = c'],
      [
        "MERGE INTO t USING (SELECT 90210 AS id FROM dual) s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET a = 'hush'",
        'MERGE INTO t USING (SELECT ? AS id FROM dual) s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET a = ?',
      ],
      ["BEGIN pkg.run(p_id => 90210, p_name => 'hush'); END;", 'BEGIN pkg.run(p_id => ?, p_name => ?); END'],
      [
        "SELECT a FROM t WHERE b = 'hush' FETCH FIRST 90210 ROWS ONLY",
        'SELECT a FROM t WHERE b = ? FETCH FIRST ? ROWS ONLY',
      ],
      [
        "SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) || q'[hush]' FROM t CONNECT BY PRIOR id = 90210",
        'SELECT LISTAGG(a, ?) WITHIN GROUP (ORDER BY a) || ? FROM t CONNECT BY PRIOR id = ?',
      ],
    ],
  });
}
