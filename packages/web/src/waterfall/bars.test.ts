import type { TraceSpan } from '@profiler/collector/api-types';
import { describe, expect, it } from 'vitest';
import { BARS_MAX, barsPath, windowOf } from './bars.ts';

const window = { startMs: 0, durationMs: 100 };

describe('barsPath', () => {
  it('draws a span where and as long as it was, a thousandth of the window as the unit', () => {
    expect(barsPath([{ offsetMs: 10, durationMs: 25 }], window)).toBe('M100.0 0h250.0v1h-250.0z');
  });

  it('draws the shortest span wide enough to be seen, inside the picture', () => {
    expect(barsPath([{ offsetMs: 100, durationMs: 0 }], window)).toBe('M998.0 0h2.0v1h-2.0z');
  });

  it('draws so many bars and no more', () => {
    const spans = Array.from({ length: 5000 }, (_, at) => ({ offsetMs: at / 50, durationMs: 0.01 }));
    expect(barsPath(spans, window).split('z').length - 1).toBeLessThanOrEqual(BARS_MAX);
  });
});

it('holds a child that outlasts its parent, and one whose clock went before it', () => {
  const child = { offsetMs: 80, durationMs: 40, children: [] as TraceSpan[] } as TraceSpan;
  const early = { offsetMs: -5, durationMs: 1, children: [] as TraceSpan[] } as TraceSpan;
  const root = { offsetMs: 0, durationMs: 100, children: [child, early] } as unknown as TraceSpan;
  expect(windowOf([root], 100)).toEqual({ startMs: -5, durationMs: 125 });
});
