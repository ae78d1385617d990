// A table whose rows become cards on a narrow screen: each cell carries its column's title, which the style shows there.

import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What the figure means, as the header's title. */
  readonly hint?: string;
  readonly numeric?: true;
  /** The row's name: a header of the row, first on a card. */
  readonly name?: true;
  /** The address that sorts by it, and whether it does. The order is always the largest first. */
  readonly sort?: { readonly href: string; readonly on: boolean };
}

export function DataTable<Row>(props: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  stale?: boolean;
}) {
  const { caption, columns, rows, rowKey, stale } = props;
  return (
    <table class="table" aria-busy={stale ?? false}>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.title}
              scope="col"
              class={column.numeric ? 'numeric' : undefined}
              title={column.hint}
              aria-sort={column.sort?.on ? 'descending' : undefined}
            >
              {column.sort ? <a href={column.sort.href}>{column.title}</a> : column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map((column) =>
              column.name ? (
                <th key={column.title} scope="row">
                  {column.cell(row)}
                </th>
              ) : (
                <td key={column.title} class={column.numeric ? 'numeric' : undefined} data-title={column.title}>
                  {column.cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
