import { type Store, StoreError } from './store.ts';

/** Types of a table's columns, asked once a table: rows handed over as JSON need them spelled out. */
export class TableStructures {
  readonly #store: Store;
  readonly #types = new Map<string, Promise<Map<string, string>>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** `name Type, ...` of these columns; throws when the table or one of them does not exist. */
  async of(table: string, columns: readonly string[]): Promise<string> {
    const types = await this.#typesOf(table);
    return columns
      .map((column) => {
        const type = types.get(column);
        if (type === undefined) {
          throw new StoreError(`Table ${table} has no column ${JSON.stringify(column)}`, {
            retryable: false,
            code: 16,
          });
        }
        return `\`${column}\` ${type}`;
      })
      .join(', ');
  }

  async #typesOf(table: string): Promise<Map<string, string>> {
    let types = this.#types.get(table);
    if (types === undefined) {
      types = this.#read(table);
      this.#types.set(table, types);
      types.catch(() => this.#types.delete(table));
    }
    return types;
  }

  async #read(table: string): Promise<Map<string, string>> {
    const rows = await this.#store.query<{ name: string; type: string }>(
      'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}',
      { database: this.#store.database, table },
    );
    if (rows.length === 0) throw new StoreError(`There is no table ${table}`, { retryable: true, code: 60 });
    return new Map(rows.map((row) => [row.name, row.type]));
  }
}
