// Keys that every page knows. A key that is typed into a field belongs to the field.

import { signal } from '@preact/signals';

export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['/', 'Search'],
  ['j or ↓, k or ↑', 'Next row, row before; in a list and in a trace'],
  ['Enter', 'Open the row'],
  ['→, ←', 'In a trace: open a row’s children, close them or go to the parent'],
  ['Escape', 'Leave the search, close this list'],
  ['?', 'This list'],
];

export const keysShown = signal(false);

/** Handles a key for the whole page; true when it did something. */
export function pageKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target as HTMLElement;
  const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  if (event.key === 'Escape') {
    if (!inField) return false;
    target.blur();
    document.getElementById('main')?.focus({ preventScroll: true });
    return true;
  }
  // An open dialog keeps its keys to itself.
  if (inField || keysShown.peek()) return false;
  switch (event.key) {
    case '?':
      keysShown.value = true;
      return true;
    case '/': {
      const search = document.getElementById('search');
      search?.focus();
      (search as HTMLInputElement | null)?.select();
      return search !== null;
    }
    case 'j':
      return moveRow(1);
    case 'k':
      return moveRow(-1);
    case 'ArrowDown':
      return target.closest(ROWS) !== null && moveRow(1);
    case 'ArrowUp':
      return target.closest(ROWS) !== null && moveRow(-1);
    default:
      return false;
  }
}

const ROWS = 'main tbody tr, main article.card, main .waterfall li';
/** What of a row takes the focus, the first that it has: its name, where that is a link. */
const FOCUS = ['.span-open', 'th a', 'h2 a', 'a', 'button'];

function focusOf(row: HTMLElement | undefined): HTMLElement | undefined {
  for (const selector of FOCUS) {
    const found = row?.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return undefined;
}

/** From the row that has the focus to the next; from anywhere else to the first that is seen. */
function moveRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => focusOf(row));
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at >= 0 ? rows[at + step] : rows.find((row) => row.getBoundingClientRect().bottom > 0);
  const focusable = focusOf(next);
  focusable?.focus({ preventScroll: true });
  focusable?.scrollIntoView({ block: 'nearest' });
  return focusable !== undefined;
}
