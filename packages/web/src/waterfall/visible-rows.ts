// The rows of a waterfall, as one list in the order in which they stand below each other. Walked without recursion: how deep a
// trace goes is the sender's doing.

import { type FoldedRow, unfold } from './fold.ts';
import { OUTSIDE, type Place, placeBelow } from './repeated-queries.ts';

export interface VisibleRow {
  /** Stable over refreshes. */
  readonly id: string;
  readonly row: FoldedRow;
  readonly depth: number;
  readonly place: Place;
  /** Its spans stand below it, one by one. */
  readonly apart: boolean;
  readonly hasChildren: boolean;
  readonly open: boolean;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
}

/** What a person opened or closed: rows open and close on their own above and below {@link DEPTH_OPEN}. */
export interface Toggled {
  readonly flipped: ReadonlySet<string>;
  readonly apart: ReadonlySet<string>;
}

/** Below this, a person opens level by level. */
const DEPTH_OPEN = 40;

/** A folded row and the first of its spans are two rows. */
export function rowId(row: FoldedRow): string {
  return row.spans.length > 1 ? `${row.key}+` : row.key;
}

export function visibleRows(roots: readonly FoldedRow[], { flipped, apart }: Toggled): VisibleRow[] {
  const rows: VisibleRow[] = [];
  const waiting: Omit<VisibleRow, 'apart' | 'hasChildren' | 'open'>[] = [];
  const add = (list: readonly FoldedRow[], depth: number, place: Place) => {
    // The last first, because the list of those waiting is taken from its end.
    for (let at = list.length - 1; at >= 0; at--) {
      const row = list[at]!;
      waiting.push({ id: rowId(row), row, depth, place, position: at + 1, siblings: list.length });
    }
  };
  add(roots, 0, OUTSIDE);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { id, row, depth, place } = next;
    const isApart = row.spans.length > 1 && apart.has(id);
    const children = isApart ? members(row) : row.children;
    const open = depth < DEPTH_OPEN !== flipped.has(id);
    rows.push({ ...next, apart: isApart, hasChildren: children.length > 0, open });
    if (open) add(children, depth + 1, isApart ? place : placeBelow(row.spans[0]!, place));
  }
  return rows;
}

/** Folded once: their own children are then folded once, too. */
const unfolded = new WeakMap<FoldedRow, readonly FoldedRow[]>();

function members(row: FoldedRow): readonly FoldedRow[] {
  const known = unfolded.get(row) ?? unfold(row);
  unfolded.set(row, known);
  return known;
}

/** What must stand apart so that the span of this id has a row of its own; nothing for the first of a folded row. */
export function apartFor(roots: readonly FoldedRow[], spanId: string): Set<string> {
  const waiting = [...roots];
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    if (row.spans.some((span) => span.spanId === spanId)) {
      return new Set(row.spans.length > 1 && row.key !== spanId ? [rowId(row)] : []);
    }
    for (const child of row.children) waiting.push(child);
  }
  return new Set();
}
