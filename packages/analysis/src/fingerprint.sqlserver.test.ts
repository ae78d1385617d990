import { describeDialect } from './dialect-cases.fixture.ts';

for (const system of ['microsoft.sql_server', 'mssql']) {
  describeDialect(system, {
    strings: [
      ["SELECT 'hush', N'hush ''hush''', 'hush\\', 0x90210, $90210.50, -$90210", 'SELECT ?, ?, ?, ?, ?, -?'],
      ['SELECT £90210.5, €90210, ¥1 FROM t€1', 'SELECT ?, ?, ? FROM t€1'],
      ["SELECT {d '90210'}, {ts 'hush'}, { guid 'hush' }, {fn NOW()}", 'SELECT {d ?}, {ts ?}, { guid ? }, {fn NOW()}'],
    ],
    names: [
      [
        'SELECT [a]]b], [Order Details].[Unit Price], [it\'s], ["x"], [1], "q" FROM [dbo].[t-1]',
        'SELECT [a]]b], [Order Details].[Unit Price], [it\'s], ["x"], [1], "q" FROM [dbo].[t-1]',
      ],
      [
        'SELECT * FROM #temp_1 JOIN ##shared ON #temp_1.a = ##shared.b, db..orders',
        'SELECT * FROM #temp_1 JOIN ##shared ON #temp_1.a = ##shared.b, db..orders',
      ],
      ['SELECT t.[a],[b] FROM t', 'SELECT t.[a],[b] FROM t'],
    ],
    variables: [
      [
        'SELECT @@rowcount, @@IDENTITY WHERE a = @p1 AND b = @hush',
        'SELECT @@rowcount, @@IDENTITY WHERE a = ? AND b = ?',
      ],
      ["DECLARE @id INT = 90210; EXEC dbo.find @id, @name = N'hush'", 'DECLARE ? INT = ?; EXEC dbo.find ?, ? = ?'],
      ["exec sp_executesql N'SELECT hush WHERE a = @p0',N'@p0 int',@p0=90210", 'exec sp_executesql ?,?,?=?'],
    ],
    statements: [
      ['SELECT TOP 90210 a FROM t WITH (NOLOCK)', 'SELECT TOP ? a FROM t WITH (NOLOCK)'],
      [
        'SELECT TOP (90210) PERCENT a FROM t ORDER BY a OFFSET 90210 ROWS FETCH NEXT 10 ROWS ONLY',
        'SELECT TOP (?) PERCENT a FROM t ORDER BY a OFFSET ? ROWS FETCH NEXT ? ROWS ONLY',
      ],
      [
        "INSERT [t] ([a], [b]) OUTPUT INSERTED.id VALUES (1, N'hush'), (2, N'b')",
        'INSERT [t] ([a], [b]) OUTPUT INSERTED.id VALUES (?, ?)',
      ],
      ['SELECT a /* x /* hush */ hush */ FROM t -- hush', 'SELECT a FROM t'],
      [
        "WHERE [a] IN (1, 90210) AND b LIKE '[a-h]ush' AND c IN (@p1, @p2)",
        'WHERE [a] IN (?) AND b LIKE ? AND c IN (?)',
      ],
    ],
  });
}
