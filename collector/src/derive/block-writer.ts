import type { BlockSource } from '../store/block-source.ts';
import { BLOCK_COLUMNS } from '../store/blocks.ts';
import { ColumnWriter } from './column-writer.ts';
import { DictionaryWriter } from './dictionary-writer.ts';

type Table = 'request_queries' | 'exceptions';
type Spec<T extends Table> = (typeof BLOCK_COLUMNS)[T][number];

type Columns<T extends Table> = {
  readonly [Column in Spec<T> as Column[0]]: Column[1] extends `LowCardinality(${string}`
    ? DictionaryWriter
    : ColumnWriter;
};

/** A Native block of derived rows while it grows. Whoever writes a row writes each column once, then calls {@link endRow}. */
export class BlockWriter<T extends Table> implements BlockSource {
  rows = 0;
  readonly columns: Columns<T>;
  readonly #columns: readonly (ColumnWriter | DictionaryWriter)[];
  readonly #headers: Buffer[];

  constructor(table: T) {
    const specs = BLOCK_COLUMNS[table];
    this.#columns = specs.map(([, type]) =>
      type.startsWith('LowCardinality') ? new DictionaryWriter() : new ColumnWriter(),
    );
    this.columns = Object.fromEntries(specs.map(([name], index) => [name, this.#columns[index]])) as Columns<T>;
    this.#headers = specs.map(([name, type]) => {
      const header = new ColumnWriter();
      header.text(name);
      header.text(type);
      return header.bytes();
    });
  }

  endRow(): void {
    this.rows++;
  }

  /** The block in pieces of which none is a block by itself, valid until {@link clear}. */
  async *pieces(): AsyncGenerator<readonly Uint8Array[]> {
    const sizes = new ColumnWriter();
    sizes.varint(this.#columns.length);
    sizes.varint(this.rows);
    yield [sizes.bytes(), ...this.#columns.flatMap((column, index) => [this.#headers[index]!, ...column.pieces()])];
  }

  /** Begins another block, in the same memory. */
  clear(): void {
    this.rows = 0;
    for (const column of this.#columns) column.clear();
  }
}
