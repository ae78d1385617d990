import type { Session } from 'chdb';
import { fileFunction } from '../store/embedded-engine.ts';
import { isSymbol, sqlTokens } from '../store/sql-tokens.ts';
import { exception } from './exception.ts';
import type { InsertWithData } from './insert-with-data.ts';

/** The same insert with its rows read from a file; without a query of its own, by the types of the table's columns. */
export async function insertFromFile(session: Session, insert: InsertWithData, path: string): Promise<string> {
  if (insert.select !== undefined) {
    const { before, structure, after } = insert.select;
    // The structure is a literal already, as the caller wrote it.
    const source = fileFunction(path, insert.format, '').replace(/''\)$/, () => `${structure})`);
    return `${insert.head} ${before}${source}${after}`;
  }
  const types = await columnTypes(session, insert.table);
  const columns = insert.columns === undefined ? [...types.keys()] : names(insert.columns);
  const structure = columns.map((column) => {
    const type = types.get(column);
    if (type === undefined) {
      throw exception(16, `No such column ${column} in table ${insert.table}`, 'NO_SUCH_COLUMN_IN_TABLE');
    }
    return `${quoted(column)} ${type}`;
  });
  const list = columns.map(quoted).join(', ');
  const head = insert.columns === undefined ? insert.head.replace(/(?=\sSETTINGS\s|$)/i, ` (${list})`) : insert.head;
  return `${head} SELECT ${list} FROM ${fileFunction(path, insert.format, structure.join(', '))}`;
}

async function columnTypes(session: Session, table: string): Promise<Map<string, string>> {
  const result = await session.queryAsync(`DESCRIBE TABLE ${table}`, { format: 'JSONEachRow' });
  const rows = result.text().split('\n').filter(Boolean);
  const columns = rows.map((row) => JSON.parse(row) as { name: string; type: string; default_type: string });
  const stored = columns.filter(({ default_type }) => default_type !== 'ALIAS' && default_type !== 'MATERIALIZED');
  return new Map(stored.map(({ name, type }) => [name, type]));
}

function names(columns: string): string[] {
  return [...sqlTokens(columns)]
    .filter((token) => !isSymbol(token, ','))
    .map((token) => (token.kind === 'quoted' ? token.text.slice(1, -1) : token.text));
}

function quoted(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}
