// Folds a trace so that a loop reads as a loop. Siblings of one name and one query become one row, and so do their
// children, taken together:
//
//   GET /orders                     GET /orders
//   ├ loadItems                     └ loadItems            ×41
//   │ └ SELECT items           =>     └ SELECT items       ×41
//   ├ loadItems
//   │ └ SELECT items
//   └ … 39 more
//
// Order and gaps between the siblings do not matter: a loop whose steps overlap is one, too.

import type { TraceSpan } from '@profiler/collector/api-types';

/** Fewer than this many alike stay rows of their own. */
export const FOLD_FROM = 3;

export interface FoldedRow {
  /** Stable over refreshes: the id of the first span. */
  readonly key: string;
  /** By start, at least one. One is a plain span. */
  readonly spans: readonly TraceSpan[];
  /** Folded when they are looked at, so that depth costs nothing. */
  readonly children: readonly FoldedRow[];
  readonly totalMs: number;
  readonly hasError: boolean;
}

/** Spans alike in all that a loop repeats. A failed one stays apart from the rest: it is what one looks for. */
function likeness(span: TraceSpan): string {
  return [span.service, span.kind, span.name, span.fingerprint, span.entry, hasFailed(span)].join('\0');
}

export function fold(siblings: readonly TraceSpan[]): FoldedRow[] {
  const groups = new Map<string, TraceSpan[]>();
  for (const span of siblings) {
    const key = likeness(span);
    const group = groups.get(key);
    if (group) group.push(span);
    else groups.set(key, [span]);
  }
  const rows: FoldedRow[] = [];
  for (const group of groups.values()) {
    if (group.length < FOLD_FROM) rows.push(...group.map((span) => row([span])));
    else rows.push(row(group.sort((a, b) => a.offsetMs - b.offsetMs)));
  }
  return rows.sort((a, b) => a.spans[0]!.offsetMs - b.spans[0]!.offsetMs);
}

/** The members of a folded row, one row each, their own children folded. */
export function unfold(folded: FoldedRow): FoldedRow[] {
  return folded.spans.map((span) => row([span]));
}

function row(spans: readonly TraceSpan[]): FoldedRow {
  let children: readonly FoldedRow[] | undefined;
  return {
    key: spans[0]!.spanId,
    spans,
    totalMs: spans.reduce((sum, span) => sum + span.durationMs, 0),
    hasError: hasFailed(spans[0]!),
    get children() {
      children ??= fold(spans.flatMap((span) => span.children));
      return children;
    },
  };
}

const hasFailed = (span: TraceSpan) => span.status === 'error' || span.exceptionType !== '';
