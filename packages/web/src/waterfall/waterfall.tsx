// A trace as a list of rows that say how deep they stand: a screen reader tells the level, and every row opens by a button.
// Only the rows around what is seen are in the page.

import type { Trace, TraceLog } from '@profiler/collector/api-types';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../data/page.ts';
import { duration } from '../format/duration.ts';
import { windowOf } from './bars.ts';
import { fold } from './fold.ts';
import { queryLookup } from './repeated-queries.ts';
import { useRowWindow } from './row-window.ts';
import { spanKeys } from './span-keys.ts';
import { SpanRow } from './span-row.tsx';
import { apartFor, rowId, visibleRows } from './visible-rows.ts';

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

  const toggleDetails = (id: string, spanId: string) => {
    setDetailed(toggled(detailed, id));
    change({ span: detailed.has(id) ? '' : spanId }, 'replace');
  };
  const toggleOpen = (id: string) => setFlipped(toggled(flipped, id));
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
        onKeyDown={(event) => spanKeys(event, rows, toggleOpen)}
      >
        {rows.slice(first, end).map((visible, at) => (
          <SpanRow
            key={visible.id}
            visible={visible}
            index={first + at}
            shown={shown}
            isDetailed={detailed.has(visible.id)}
            onOpen={toggleOpen}
            onApart={(id) => setApart(toggled(apart, id))}
            onDetails={toggleDetails}
          />
        ))}
      </ul>
    </div>
  );
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
