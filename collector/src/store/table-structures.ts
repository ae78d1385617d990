import { StoreError } from './store.ts';

type Types = ReadonlyMap<string, string>;

/** Types of a table's columns, asked once a table: rows handed over as JSON need them spelled out. */
export class TableStructures {
  readonly #types = new Map<string, Types>();

  /** `name Type, ...` of these columns; throws when the table or one of them does not exist. */
  async of(table: string, columns: readonly string[], read: () => Promise<Types>): Promise<string> {
    let types = this.#types.get(table);
    if (types === undefined) {
      types = await read();
      if (types.size === 0) throw new StoreError(`There is no table ${table}`, { retryable: true, code: 60 });
      this.#types.set(table, types);
    }
    return columns.map((column) => `\`${column}\` ${typeOf(types, table, column)}`).join(', ');
  }

  /** After a statement that may have changed a table. */
  forget(): void {
    this.#types.clear();
  }
}

function typeOf(types: Types, table: string, column: string): string {
  const type = types.get(column);
  if (type !== undefined) return type;
  throw new StoreError(`Table ${table} has no column ${JSON.stringify(column)}`, { retryable: false, code: 16 });
}
