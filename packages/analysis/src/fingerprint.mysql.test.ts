import { describeDialect } from './dialect-cases.fixture.ts';

for (const system of ['mysql', 'mariadb']) {
  describeDialect(system, {
    strings: [
      ['SELECT \'hush\', "hush", \'hush \\\' hush \\\\\', "hush \\" hush"', 'SELECT ?, ?, ?, ?'],
      ['SELECT \'hush \'\' hush\', "hush "" hush", "it\'s hush", \'a "hush"\'', 'SELECT ?, ?, ?, ?'],
      ["SELECT 'hush' 'hush', \"hush\" 'hush'", 'SELECT ? ?, ? ?'],
      [
        "SELECT _utf8'hush', _utf8mb4 'hush' COLLATE utf8mb4_bin, _binary\"hush\", N'hush', n'hush'",
        'SELECT ?, _utf8mb4 ? COLLATE utf8mb4_bin, _binary?, ?, ?',
      ],
      ["SELECT x'90210', X'90210', b'0101', 0x90210, 0b0101", 'SELECT ?, ?, ?, ?, ?'],
      [
        "SELECT DATE'2024-01-01', TIMESTAMP '90210', INTERVAL 90210 DAY, INTERVAL '90210' HOUR",
        'SELECT DATE?, TIMESTAMP ?, INTERVAL ? DAY, INTERVAL ? HOUR',
      ],
      ['SELECT doc->\'$.hush\', doc->>"$.hush"', 'SELECT doc->?, doc->>?'],
      ["CREATE USER 'hush'@'localhost' IDENTIFIED BY 'hush'", 'CREATE USER ?@? IDENTIFIED BY ?'],
      [
        "LOAD DATA INFILE '/tmp/hush' INTO TABLE t FIELDS TERMINATED BY '\\t'",
        'LOAD DATA INFILE ? INTO TABLE t FIELDS TERMINATED BY ?',
      ],
    ],
    names: [
      [
        'SELECT `a`, `a``b`, `it\'s`, `"x"`.`c 1` FROM `shop`.`orders_2024`',
        'SELECT `a`, `a``b`, `it\'s`, `"x"`.`c 1` FROM `shop`.`orders_2024`',
      ],
      ['SELECT * FROM shop.2024_orders JOIN shop.2025_orders', 'SELECT * FROM shop.2024_orders JOIN shop.2025_orders'],
      [
        'SELECT @@global.max_connections, @@rowcount, @user_1, @a := @a + 1',
        'SELECT @@global.max_connections, @@rowcount, ?, ? := ? + ?',
      ],
      ['SELECT a$b, $c FROM t$1', 'SELECT a$b, ? FROM t$1'],
    ],
    comments: [
      ['SELECT a # hush\n, b -- hush\n, c --\thush\n/* hush */ FROM t #hush', 'SELECT a , b , c FROM t'],
      ['SELECT 5--90210, a--1, a - -90210', 'SELECT ?-?, a-?, a - ?'],
      ['SELECT a --', 'SELECT a'],
      ['SELECT a -- ', 'SELECT a'],
      ['SELECT a /* x /* hush */ FROM t', 'SELECT a FROM t'],
      ['SELECT /*!40001 SQL_NO_CACHE */ a FROM t', 'SELECT SQL_NO_CACHE a FROM t'],
      [
        "SELECT a FROM t /*! FORCE INDEX (i) */ WHERE b = 'hush' /*!50110 AND c = 90210*/",
        'SELECT a FROM t FORCE INDEX (i) WHERE b = ? AND c = ?',
      ],
      [
        "CREATE TABLE t (a int) /*M!100100 COMMENT='hush' */ /*!100100 ENGINE=x*/",
        'CREATE TABLE t (a int) COMMENT=? ENGINE=x',
      ],
      ['SELECT /*+ MAX_EXECUTION_TIME(90210) */ a FROM t', 'SELECT a FROM t'],
    ],
    lists: [
      ['INSERT INTO t (a,b) VALUES (1,\'hush\'),(2,"hush")', 'INSERT INTO t (a,b) VALUES (?, ?)'],
      [
        "INSERT INTO t VALUES ROW(1, 'hush'), ROW(90210, 'b') AS new ON DUPLICATE KEY UPDATE a = new.a",
        'INSERT INTO t VALUES ROW(?, ?) AS new ON DUPLICATE KEY UPDATE a = new.a',
      ],
      [
        'INSERT INTO t VALUES (1, NULL), (NULL, 90210) ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)',
        'INSERT INTO t VALUES (?, ?) ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)',
      ],
      ['WHERE a IN ("hush",\'hush\',90210) LIMIT 90210, 10', 'WHERE a IN (?) LIMIT ?, ?'],
    ],
    operators: [
      [
        'WHERE a <=> NULL AND b != 90210 AND c % 90210 = 0 AND d DIV 2 AND !e',
        'WHERE a <=> ? AND b != ? AND c % ? = ? AND d DIV ? AND !e',
      ],
      [
        "WHERE a LIKE 'hush%' ESCAPE '|' AND b REGEXP \"^hush\" XOR c = ?",
        'WHERE a LIKE ? ESCAPE ? AND b REGEXP ? XOR c = ?',
      ],
    ],
  });
}
