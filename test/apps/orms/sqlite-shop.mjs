// A database in memory. libsql is SQLite with the API of better-sqlite3, and brings its binary along.
import Database from 'libsql';
import { SCHEMA } from './shop.mjs';

export { Database };

export function sqliteShop() {
  const database = new Database(':memory:');
  for (const statement of SCHEMA) database.exec(statement);
  return database;
}
