/**
 * Rows as a table for a terminal: a heading, then a line each. Numbers stand right. On a terminal a table is no wider
 * than the screen: the column that may be cut gives way. In a pipe nothing is cut.
 */
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Cell | string;
  readonly align?: 'right';
  /** May be cut when there is no room. */
  readonly flexible?: true;
}

const GAP = '  ';
const FLEXIBLE_WIDTH_MIN = 12;

/** @param width columns of the terminal; `undefined` in a pipe */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width?: number): string {
  const cells = rows.map((row) => columns.map((column) => normal(column.cell(row))));
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((line) => length(line[i]!.text))),
  );
  if (width !== undefined) narrow(columns, widths, width);
  const heading = columns.map((column, i) => paint('bold', pad(column.title, widths[i]!, column.align)));
  const lines = cells.map((line) =>
    line.map((cell, i) => paint(cell.style, pad(cut(cell.text, widths[i]!), widths[i]!, columns[i]!.align))),
  );
  return [heading, ...lines].map((line) => line.join(GAP).trimEnd()).join('\n');
}

export function paint(style: Style | undefined, text: string): string {
  return style === undefined ? text : styleText(style, text);
}

function normal(cell: Cell | string): Cell {
  const { text, style } = typeof cell === 'string' ? { text: cell, style: undefined } : cell;
  return { text: plainText(text), style };
}

/** What an app sent must not steer the terminal. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function narrow<Row>(columns: readonly Column<Row>[], widths: number[], width: number): void {
  const total = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
  let excess = total - width;
  while (excess > 0) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      if (column.flexible && widths[i]! > (widths[widest] ?? FLEXIBLE_WIDTH_MIN)) widest = i;
    }
    if (widest < 0) return;
    widths[widest]! -= 1;
    excess -= 1;
  }
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - length(text)));
  return align === 'right' ? space + text : text + space;
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

function length(text: string): number {
  return [...text].length;
}
