import type { TraceLog } from '@profiler/collector/api-types';
import { duration } from '../format/duration.ts';
import { Badge } from '../parts/badge.tsx';
import { barsPath, type Window } from './bars.ts';
import type { QueryLookup } from './repeated-queries.ts';
import { SpanDetails } from './span-details.tsx';
import type { VisibleRow } from './visible-rows.ts';

/** What every row of a trace needs to know of it. */
export interface Shown {
  readonly window: Window;
  readonly lookup: QueryLookup;
  /** By span id. */
  readonly logs: ReadonlyMap<string, readonly TraceLog[]>;
}

export interface Toggle {
  /** A row's children. */
  readonly open: (id: string) => void;
  /** A folded row's spans. */
  readonly apart: (id: string) => void;
  readonly details: (id: string, spanId: string) => void;
}

export function SpanRow(props: {
  visible: VisibleRow;
  index: number;
  shown: Shown;
  isDetailed: boolean;
  toggle: Toggle;
}) {
  const { visible, shown, isDetailed, toggle } = props;
  const { id, row, depth, place, apart, open, hasChildren } = visible;
  const first = row.spans[0]!;
  const query = shown.lookup(first, place);
  const detailsId = `span-${id}`;
  const look =
    first.fingerprint !== '' ? 'query' : first.entry ? 'entry' : first.kind === 'client' ? 'client' : 'other';
  const hasLog = row.spans.some((span) => shown.logs.has(span.spanId));
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: ARIA 1.2 lets the item of a list have a level.
    <li
      data-id={id}
      data-index={props.index}
      aria-level={depth + 1}
      aria-posinset={visible.position}
      aria-setsize={visible.siblings}
    >
      <div class={`span span-${look}${row.hasError ? ' span-failed' : ''}`} style={{ '--depth': Math.min(depth, 12) }}>
        <div class="span-name">
          {hasChildren ? (
            <button
              type="button"
              class="twist"
              aria-expanded={open}
              aria-label={`Children of ${first.name}`}
              onClick={() => toggle.open(id)}
            />
          ) : (
            <span class="twist-none" />
          )}
          <div class="span-what">
            <button
              type="button"
              class="span-open"
              aria-expanded={isDetailed}
              aria-controls={isDetailed ? detailsId : undefined}
              title={first.name.slice(0, 500)}
              onClick={() => toggle.details(id, first.spanId)}
            >
              {first.name}
            </button>
            {row.spans.length > 1 && (
              <button
                type="button"
                class="times"
                aria-pressed={apart}
                title={apart ? 'Fold them again' : 'Show each of them'}
                onClick={() => toggle.apart(id)}
              >
                ×{row.spans.length}
              </button>
            )}
            {query?.nPlusOne && <Badge tone="warning">N+1{row.spans.length === 1 ? ` ×${query.calls}` : ''}</Badge>}
            {row.hasError && <Badge tone="critical">{(first.exceptionType || 'error').slice(0, 100)}</Badge>}
            {hasLog && <Badge tone="info">log</Badge>}
          </div>
        </div>
        <svg class="span-bars" viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden="true">
          <path d={barsPath(row.spans, shown.window)} />
        </svg>
        <span class="span-time">
          {row.spans.length > 1 && <span class="unseen">together </span>}
          {duration(row.totalMs)}
        </span>
      </div>
      {isDetailed && (
        <div id={detailsId}>
          <SpanDetails row={row} query={query} logs={row.spans.flatMap((span) => shown.logs.get(span.spanId) ?? [])} />
        </div>
      )}
    </li>
  );
}
