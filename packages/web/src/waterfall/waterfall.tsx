// A trace as a tree of nested lists: a screen reader says the depth, and every row opens by a button.

import type { Trace } from '@profiler/collector/api-types';
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../data/page.ts';
import { duration } from '../format/duration.ts';
import { Badge } from '../parts/badge.tsx';
import { barsPath, type Window, windowOf } from './bars.ts';
import { type FoldedRow, fold, unfold } from './fold.ts';
import { OUTSIDE, type Place, placeBelow, type QueryLookup, queryLookup } from './repeated-queries.ts';
import { SpanDetails } from './span-details.tsx';

/** Rows of one list that stand there at first; a button shows as many again. */
const ROWS_STEP = 100;

/** Below this, a person opens level by level: a chain of thousands would be too deep for the browser itself. */
const DEPTH_OPEN = 40;

interface Shown {
  readonly window: Window;
  readonly lookup: QueryLookup;
  /** The span that the address names: the way to it is open. */
  readonly chosen: string;
}

export function Waterfall(props: { trace: Trace }) {
  const { trace } = props;
  const { query } = usePage();
  const shown: Shown = {
    window: windowOf(trace.spans, trace.durationMs),
    lookup: queryLookup(trace.queries),
    chosen: query.span ?? '',
  };
  return (
    <div class="waterfall">
      <div class="scale" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{duration(shown.window.durationMs * part)}</span>
        ))}
      </div>
      <Rows rows={fold(trace.spans)} shown={shown} place={OUTSIDE} depth={0} />
    </div>
  );
}

function Rows(props: { rows: readonly FoldedRow[]; shown: Shown; place: Place; depth: number }) {
  const { rows, shown, place, depth } = props;
  const [rowsMax, setRowsMax] = useState(ROWS_STEP);
  return (
    <ul>
      {rows.slice(0, rowsMax).map((row) => (
        <Row key={row.key} row={row} shown={shown} place={place} depth={depth} />
      ))}
      {rows.length > rowsMax && (
        <li>
          <button type="button" class="button" onClick={() => setRowsMax(rowsMax + ROWS_STEP)}>
            Show more: {rows.length - rowsMax} are hidden
          </button>
        </li>
      )}
    </ul>
  );
}

function Row(props: { row: FoldedRow; shown: Shown; place: Place; depth: number }) {
  const { row, shown, place, depth } = props;
  const first = row.spans[0]!;
  const { change } = usePage();
  const bar = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(depth < DEPTH_OPEN);
  const [apart, setApart] = useState(
    row.spans.length > 1 && shown.chosen !== first.spanId && row.spans.some((span) => span.spanId === shown.chosen),
  );
  // The entry span of a list's link is chosen, but opens nothing: one sees the tree first.
  const [details, setDetails] = useState(first.spanId === shown.chosen && !first.entry);
  // Once, when the page opens at a span.
  useEffect(() => {
    if (details) bar.current?.scrollIntoView({ block: 'center' });
  }, []);
  const toggleDetails = () => {
    setDetails(!details);
    change({ span: details ? '' : first.spanId }, 'replace');
  };
  const below = placeBelow(first, place);
  const query = shown.lookup(first, place);
  const children = apart ? unfold(row) : row.children;
  const hasChildren = children.length > 0;
  const detailsId = `span-${row.key}${apart ? '-all' : ''}`;
  const look =
    first.fingerprint !== '' ? 'query' : first.entry ? 'entry' : first.kind === 'client' ? 'client' : 'other';
  return (
    <li>
      <div
        ref={bar}
        class={`span span-${look}${row.hasError ? ' span-failed' : ''}`}
        style={{ '--depth': Math.min(depth, 12) }}
      >
        <div class="span-name">
          {hasChildren ? (
            <button
              type="button"
              class="twist"
              aria-expanded={open}
              aria-label={`Children of ${first.name}`}
              onClick={() => setOpen(!open)}
            />
          ) : (
            <span class="twist-none" />
          )}
          <button
            type="button"
            class="span-open"
            aria-expanded={details}
            aria-controls={detailsId}
            onClick={toggleDetails}
          >
            {first.name}
          </button>
          {row.spans.length > 1 && (
            <button
              type="button"
              class="times"
              aria-pressed={apart}
              title={apart ? 'Fold them again' : 'Show each of them'}
              onClick={() => setApart(!apart)}
            >
              ×{row.spans.length}
            </button>
          )}
          {query?.nPlusOne && <Badge tone="warning">N+1{row.spans.length === 1 ? ` ×${query.calls}` : ''}</Badge>}
          {row.hasError && <Badge tone="critical">{first.exceptionType || 'error'}</Badge>}
        </div>
        <svg class="span-bars" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true">
          <path d={barsPath(row.spans, shown.window)} />
        </svg>
        <span class="span-time">
          {row.spans.length > 1 && <span class="unseen">together </span>}
          {duration(row.totalMs)}
        </span>
      </div>
      <div id={detailsId}>{details && <SpanDetails row={row} query={query} />}</div>
      {hasChildren && open && <Rows rows={children} shown={shown} place={apart ? place : below} depth={depth + 1} />}
    </li>
  );
}
