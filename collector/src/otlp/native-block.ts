import { BLOCK_COLUMNS, plainType } from '../store/blocks.ts';
import type { BlockTable } from '../store/store.ts';
import { ByteColumn } from './byte-column.ts';
import { MapColumn } from './map-column.ts';
import { requestBuffers } from './request-buffers.ts';

type Spec<Table extends BlockTable> = (typeof BLOCK_COLUMNS)[Table][number];

/** A table's columns by name. */
export type Columns<Table extends BlockTable> = {
  readonly [Column in Spec<Table> as Column[0]]: Column[1] extends `Map(${string}` ? MapColumn : ByteColumn;
};

/**
 * One ClickHouse Native block of a table of `BLOCK_COLUMNS`: number of columns, number of rows, then each column's name,
 * type and data. Whoever writes a row writes every column once and then calls {@link endRow}.
 */
export class NativeBlock<Table extends BlockTable> {
  readonly table: Table;
  readonly columns: Columns<Table>;
  rows = 0;
  private readonly parts: { readonly header: Buffer; readonly column: ByteColumn | MapColumn }[];

  constructor(table: Table) {
    this.table = table;
    this.parts = BLOCK_COLUMNS[table].map(([name, type]) => ({
      header: columnHeader(name, plainType(type)),
      column: type.startsWith('Map(') ? new MapColumn() : new ByteColumn(),
    }));
    const named = this.parts.map(({ column }, index) => [BLOCK_COLUMNS[table][index]![0], column]);
    this.columns = Object.fromEntries(named);
  }

  endRow(): void {
    this.rows++;
  }

  clear(): void {
    this.rows = 0;
    for (const { column } of this.parts) column.clear();
  }

  /** Bytes of the columns so far. */
  get bytes(): number {
    let bytes = 0;
    for (const { column } of this.parts) bytes += column.length;
    return bytes;
  }

  /** The block in a buffer of its own, taken from {@link requestBuffers}. */
  finish(): Buffer {
    const sizes = new ByteColumn(16);
    sizes.varint(this.parts.length);
    sizes.varint(this.rows);
    let length = sizes.length;
    for (const { header, column } of this.parts) length += header.length + column.length;
    const block = requestBuffers.take(length).subarray(0, length);
    let at = sizes.bytes.copy(block, 0, 0, sizes.length);
    const put = (column: ByteColumn) => {
      at += column.bytes.copy(block, at, 0, column.length);
    };
    for (const { header, column } of this.parts) {
      at += header.copy(block, at);
      if (column instanceof ByteColumn) put(column);
      else for (const part of [column.ends, column.keys, column.values]) put(part);
    }
    return block;
  }
}

function columnHeader(name: string, type: string): Buffer {
  const header = new ByteColumn(64);
  header.string(name, 255);
  header.string(type, 255);
  return header.bytes.subarray(0, header.length);
}
