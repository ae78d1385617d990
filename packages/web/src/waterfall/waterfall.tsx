// A trace as a list of rows that say how deep they stand: a screen reader tells the level, and every row opens by a button.
// Only the rows around what is seen are in the page.

import type { Trace, TraceLog } from '@profiler/collector/api-types';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../data/page.ts';
import { duration } from '../format/duration.ts';
import { windowOf } from './bars.ts';
import { fold } from './fold.ts';
import { queryLookup } from './repeated-queries.ts';
import { useRowWindow } from './row-window.ts';
import { spanKeys } from './span-keys.ts';
import { type Shown, SpanRow, type Toggle } from './span-row.tsx';
import { apartFor, rowId, type VisibleRow, visibleRows } from './visible-rows.ts';

export function Waterfall(props: { trace: Trace }) {
  const { trace } = props;
  const { query, change } = usePage();
  const list = useRef<HTMLUListElement>(null);
  const roots = useMemo(() => fold(trace.spans), [trace]);
  const shown = useMemo(
    () => ({
      window: windowOf(trace.spans, trace.durationMs),
      lookup: queryLookup(trace.queries),
      logs: logsOf(trace),
    }),
    [trace],
  );
  const [chosen] = useState(query.span ?? '');
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const [apart, setApart] = useState<ReadonlySet<string>>(() => apartFor(roots, chosen));
  // The entry span of a list's link is chosen, but opens nothing: one sees the tree first.
  const [detailed, setDetailed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => visibleRows(roots, { flipped, apart }), [roots, flipped, apart]);
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const { first, end, abovePx, belowPx, reveal } = useRowWindow(ids, list);

  // Once, when the page opens at a span.
  useEffect(() => {
    const at = rows.findIndex(({ row }) => row.key === chosen && (row.spans.length === 1 || !apart.has(rowId(row))));
    if (at < 0 || rows[at]!.row.spans[0]!.entry) return;
    setDetailed(new Set([rows[at]!.id]));
    reveal(at);
  }, []);

  const toggle = useToggles({
    open: (id) => setFlipped(toggled(flipped, id)),
    apart: (id) => setApart(toggled(apart, id)),
    details: (id, spanId) => {
      setDetailed(toggled(detailed, id));
      change({ span: detailed.has(id) ? '' : spanId }, 'replace');
    },
  });
  const rowOf = useDrawnRows(
    (visible, index, isDetailed) => (
      <SpanRow key={visible.id} visible={visible} index={index} shown={shown} isDetailed={isDetailed} toggle={toggle} />
    ),
    shown,
  );
  return (
    <div class="waterfall">
      <div class="scale" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{duration(shown.window.durationMs * part)}</span>
        ))}
      </div>
      <ul
        ref={list}
        data-keys="own"
        style={{ paddingTop: `${abovePx}px`, paddingBottom: `${belowPx}px` }}
        onKeyDown={(event) => spanKeys(event, rows, toggle.open)}
      >
        {rows.slice(first, end).map((visible, at) => rowOf(visible, first + at, detailed.has(visible.id)))}
      </ul>
    </div>
  );
}

/** The same functions from one drawing to the next, which do what the latest would. */
function useToggles(latest: Toggle): Toggle {
  const held = useRef(latest);
  held.current = latest;
  return useMemo(
    () => ({
      open: (id) => held.current.open(id),
      apart: (id) => held.current.apart(id),
      details: (id, spanId) => held.current.details(id, spanId),
    }),
    [],
  );
}

type DrawRow = (visible: VisibleRow, index: number, isDetailed: boolean) => VNode;

/** Rows that stay as they are while one scrolls are not even compared. */
function useDrawnRows(draw: DrawRow, shown: Shown): DrawRow {
  const drawn = useMemo(() => new WeakMap<VisibleRow, { index: number; isDetailed: boolean; row: VNode }>(), [shown]);
  return (visible, index, isDetailed) => {
    const known = drawn.get(visible);
    if (known && known.index === index && known.isDetailed === isDetailed) return known.row;
    const row = draw(visible, index, isDetailed);
    drawn.set(visible, { index, isDetailed, row });
    return row;
  };
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function logsOf(trace: Trace): ReadonlyMap<string, readonly TraceLog[]> {
  const logs = new Map<string, TraceLog[]>();
  for (const log of trace.logs) logs.set(log.spanId, [...(logs.get(log.spanId) ?? []), log]);
  return logs;
}
