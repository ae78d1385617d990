// The bars of one row as one SVG path in a box of 1000 × 1: one element a row, however many spans are folded into it.

import type { TraceSpan } from '@profiler/collector/api-types';

const WIDTH = 1000;
/** A span too short to draw is still seen. */
const BAR_MIN = 2;
/** Beyond this the bars would lie on each other anyway. */
export const BARS_MAX = 400;

export interface Window {
  readonly startMs: number;
  readonly durationMs: number;
}

/** The span of time that holds all of the spans: a child may outlast the trace's root. */
export function windowOf(spans: readonly TraceSpan[], durationMs: number): Window {
  let startMs = 0;
  let endMs = durationMs;
  const waiting = [...spans];
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    startMs = Math.min(startMs, span.offsetMs);
    endMs = Math.max(endMs, span.offsetMs + span.durationMs);
    for (const child of span.children) waiting.push(child);
  }
  return { startMs, durationMs: Math.max(endMs - startMs, 0.001) };
}

export function barsPath(spans: readonly Pick<TraceSpan, 'offsetMs' | 'durationMs'>[], window: Window): string {
  const every = Math.ceil(spans.length / BARS_MAX);
  let path = '';
  for (let at = 0; at < spans.length; at += every) {
    const { offsetMs, durationMs } = spans[at]!;
    const width = Math.min(WIDTH, Math.max(BAR_MIN, (durationMs / window.durationMs) * WIDTH));
    const left = Math.max(0, Math.min(WIDTH - width, ((offsetMs - window.startMs) / window.durationMs) * WIDTH));
    path += `M${left.toFixed(1)} 0h${width.toFixed(1)}v1h-${width.toFixed(1)}z`;
  }
  return path;
}
