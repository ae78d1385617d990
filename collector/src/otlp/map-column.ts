import { ByteColumn } from './byte-column.ts';

/**
 * A `Map(String, String)` column: on the wire the running number of entries after each row, then all keys, then all
 * values. Entries are written first and belong to the row once {@link endRow} is called; {@link rollback} forgets them.
 */
export class MapColumn {
  readonly ends = new ByteColumn();
  readonly keys = new ByteColumn();
  readonly values = new ByteColumn();
  /** Entries of the row that is being written. */
  rowEntries = 0;
  private entries = 0;
  private keysMark = 0;
  private valuesMark = 0;

  endRow(): void {
    this.entries += this.rowEntries;
    this.ends.u64(0, this.entries);
    this.rowEntries = 0;
    this.keysMark = this.keys.length;
    this.valuesMark = this.values.length;
  }

  rollback(): void {
    this.rowEntries = 0;
    this.keys.length = this.keysMark;
    this.values.length = this.valuesMark;
  }

  /** Writes so many rows, each with the entries that another column has for its unfinished row. */
  repeatRow({ keys, values, rowEntries }: MapColumn, rows: number): void {
    this.keys.repeat(keys.bytes.subarray(0, keys.length), rows);
    this.values.repeat(values.bytes.subarray(0, values.length), rows);
    for (let row = 0; row < rows; row++) {
      this.rowEntries = rowEntries;
      this.endRow();
    }
  }

  clear(): void {
    this.ends.clear();
    this.keys.clear();
    this.values.clear();
    this.rowEntries = 0;
    this.entries = 0;
    this.keysMark = 0;
    this.valuesMark = 0;
  }

  get length(): number {
    return this.ends.length + this.keys.length + this.values.length;
  }
}
