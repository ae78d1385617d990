// Of a long list, only the rows around what is seen are in the page. The list keeps the height of all: rows above and below
// stand for theirs as padding, measured where they were seen, else as high as most are.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

/** Up to so many rows are all there, so that the browser's own search finds them. */
const ALL_MAX = 200;
/** Rows above and below the screen that are there already when one scrolls. */
const BEYOND = 40;
const USUAL_HEIGHT_PX = 33;

export interface RowWindow {
  /** Rows from `first` up to, not with, `end`. */
  readonly first: number;
  readonly end: number;
  readonly abovePx: number;
  readonly belowPx: number;
  /** Scrolls a row to the middle of the screen. */
  readonly reveal: (at: number) => void;
}

/** `list` holds one element for each row from `first` on, each with `data-id`. */
export function useRowWindow(ids: readonly string[], list: RefObject<HTMLElement | null>): RowWindow {
  const heights = useRef(new Map<string, number>());
  const [measured, setMeasured] = useState(0);
  const [seen, setSeen] = useState({ first: 0, end: ALL_MAX });
  const all = ids.length <= ALL_MAX;
  const tops = useMemo(() => topsOf(ids, heights.current), [ids, measured]);
  const first = all ? 0 : Math.min(seen.first, Math.max(0, ids.length - 1));
  const end = all ? ids.length : Math.min(ids.length, Math.max(seen.end, first + 1));

  useEffect(() => {
    if (all) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      const box = list.current?.getBoundingClientRect();
      if (!box) return;
      const from = rowAt(tops, -box.top);
      const to = rowAt(tops, innerHeight - box.top) + 1;
      // Half of what stands ready may be used up before rows are made anew.
      setSeen((known) => (isNear(known, from, to) ? known : around(from, to)));
    };
    const later = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [all, tops]);

  useLayoutEffect(() => {
    if (all) return;
    let changed = false;
    for (const element of list.current?.children ?? []) {
      const { id } = (element as HTMLElement).dataset;
      const px = (element as HTMLElement).offsetHeight;
      if (id === undefined || px === 0 || (heights.current.get(id) ?? USUAL_HEIGHT_PX) === px) continue;
      heights.current.set(id, px);
      changed = true;
    }
    if (changed) setMeasured((times) => times + 1);
  });

  return {
    first,
    end,
    abovePx: tops[first] ?? 0,
    belowPx: (tops[ids.length] ?? 0) - (tops[end] ?? 0),
    reveal: (at) => {
      const top = list.current?.getBoundingClientRect().top ?? 0;
      scrollBy({ top: top + (tops[at] ?? 0) - innerHeight / 2 });
    },
  };
}

interface Range {
  readonly first: number;
  readonly end: number;
}

function isNear(known: Range, from: number, to: number): boolean {
  const above = known.first === 0 ? 0 : known.first + BEYOND / 2;
  return from >= above && to <= known.end - BEYOND / 2;
}

function around(from: number, to: number): Range {
  return { first: Math.max(0, from - BEYOND), end: to + BEYOND };
}

/** Where each row begins, and where the last ends. */
export function topsOf(ids: readonly string[], heights: ReadonlyMap<string, number>): Float64Array {
  const tops = new Float64Array(ids.length + 1);
  for (const [at, id] of ids.entries()) tops[at + 1] = tops[at]! + (heights.get(id) ?? USUAL_HEIGHT_PX);
  return tops;
}

/** The row at a height; the first or the last for what lies outside. */
export function rowAt(tops: Float64Array, px: number): number {
  let low = 0;
  let high = tops.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= px) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
