import type { VisibleRow } from './visible-rows.ts';

/** In the waterfall: up and down, also by `k` and `j`; right opens a row's children, left closes them or goes to the parent. */
export function spanKeys(event: KeyboardEvent, rows: readonly VisibleRow[], toggleOpen: (id: string) => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const list = event.currentTarget as HTMLElement;
  const item = (event.target as HTMLElement).closest<HTMLElement>('li[data-index]');
  // Keys in a row's details are for scrolling what is in them.
  if (!item || (event.target as HTMLElement).closest('.span-details')) return;
  const at = Number(item.dataset.index);
  const row = rows[at];
  if (row === undefined) return;
  const next = nextRow(event.key, rows, at);
  if (next === undefined) return;
  event.preventDefault();
  if (next === 'toggle') {
    toggleOpen(row.id);
    return;
  }
  const open = list.querySelector<HTMLElement>(`li[data-index="${next}"] .span-open`);
  open?.focus({ preventScroll: true });
  open?.scrollIntoView({ block: 'nearest' });
}

/** The row that a key leads to, or that it opens or closes the row at which it was pressed; undefined for any other key. */
export function nextRow(
  key: string,
  rows: readonly Pick<VisibleRow, 'depth' | 'open' | 'hasChildren'>[],
  at: number,
): number | 'toggle' | undefined {
  const row = rows[at]!;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(rows.length - 1, at + 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(0, at - 1);
    case 'ArrowRight':
      if (!row.hasChildren) return undefined;
      return row.open ? at + 1 : 'toggle';
    case 'ArrowLeft':
      return row.open && row.hasChildren ? 'toggle' : parentOf(rows, at);
    default:
      return undefined;
  }
}

/** The row above it that stands less deep; itself when there is none. */
function parentOf(rows: readonly Pick<VisibleRow, 'depth'>[], at: number): number {
  for (let above = at - 1; above >= 0; above--) if (rows[above]!.depth < rows[at]!.depth) return above;
  return at;
}
