// Walks a trace without recursion: how deep it goes is the sender's doing.

import type { TraceSpan } from '@profiler/collector/api-types';

type Nested = Pick<TraceSpan, 'spanId' | 'entry'> & { readonly children: readonly Nested[] };

export function countSpans(roots: readonly Nested[]): number {
  const waiting = [...roots];
  let spans = 0;
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    spans++;
    for (const child of span.children) waiting.push(child);
  }
  return spans;
}

/** The request that a span belongs to: the nearest entry span from it upwards. Without a span, the topmost, first one. */
export function entryOf<Span extends Nested & { readonly children: readonly Span[] }>(
  roots: readonly Span[],
  spanId: string | undefined,
): Span | undefined {
  const waiting = roots.map((span): [Span, Span | undefined] => [span, undefined]);
  let first: Span | undefined;
  for (let at = 0; at < waiting.length; at++) {
    const [span, above] = waiting[at]!;
    const entry = span.entry ? span : above;
    first ??= entry;
    if (span.spanId === spanId && entry !== undefined) return entry;
    for (const child of span.children) waiting.push([child, entry]);
  }
  return first;
}
