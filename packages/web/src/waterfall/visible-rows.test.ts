import type { TraceSpan } from '@profiler/collector/api-types';
import { describe, expect, it } from 'vitest';
import { fold } from './fold.ts';
import { rowAt, topsOf } from './row-window.ts';
import { nextRow } from './span-keys.ts';
import { apartFor, visibleRows } from './visible-rows.ts';

let ids = 0;
const span = (name: string, children: TraceSpan[] = []) =>
  ({
    spanId: `${ids++}`,
    name,
    service: 'shop',
    kind: 'internal',
    fingerprint: '',
    entry: false,
    status: 'unset',
    exceptionType: '',
    offsetMs: ids,
    durationMs: 1,
    children,
  }) as unknown as TraceSpan;

const NONE = { flipped: new Set<string>(), apart: new Set<string>() };
const told = (rows: ReturnType<typeof visibleRows>) =>
  rows.map(
    ({ row, depth }) =>
      `${'  '.repeat(depth)}${row.spans[0]!.name}${row.spans.length > 1 ? ` x${row.spans.length}` : ''}`,
  );

describe('the rows of a waterfall', () => {
  const auth = span('auth');
  const loop = Array.from({ length: 4 }, () => span('load', [span('select')]));
  const roots = fold([span('GET /', [auth, ...loop, span('render')])]);

  it('stand below each other, loops folded, siblings numbered', () => {
    const rows = visibleRows(roots, NONE);
    expect(told(rows)).toEqual(['GET /', '  auth', '  load x4', '    select x4', '  render']);
    expect(rows.map(({ position, siblings }) => `${position}/${siblings}`)).toEqual([
      '1/1',
      '1/3',
      '2/3',
      '1/1',
      '3/3',
    ]);
  });

  it('show the members of a loop, each with its own children', () => {
    const loopId = visibleRows(roots, NONE)[2]!.id;
    const rows = visibleRows(roots, { ...NONE, apart: new Set([loopId]) });
    expect(told(rows).slice(2, 7)).toEqual(['  load x4', '    load', '      select', '    load', '      select']);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it('leave out what stands below a closed row', () => {
    const rootId = visibleRows(roots, NONE)[0]!.id;
    expect(told(visibleRows(roots, { ...NONE, flipped: new Set([rootId]) }))).toEqual(['GET /']);
  });

  it('give the span of a link a row of its own', () => {
    const third = loop[2]!.children[0]!;
    const apart = apartFor(roots, third.spanId);
    const rows = visibleRows(roots, { ...NONE, apart });
    expect(rows.some(({ row }) => row.spans.length === 1 && row.key === third.spanId)).toBe(true);
    expect(apartFor(roots, loop[0]!.spanId).size).toBe(0);
    expect(apartFor(roots, 'nothing').size).toBe(0);
  });

  it('close on their own far down, however deep a trace goes', () => {
    let deep = span('end');
    for (let level = 0; level < 5000; level++) deep = span(`level ${level}`, [deep]);
    expect(visibleRows(fold([deep]), NONE).length).toBe(41);
  });

  it('lead up and down, open and close, and back to the row that they belong to', () => {
    const rows = visibleRows(roots, NONE);
    expect([0, 3, 4].map((at) => nextRow('j', rows, at))).toEqual([1, 4, 4]);
    expect([0, 3, 4].map((at) => nextRow('ArrowUp', rows, at))).toEqual([0, 2, 3]);
    expect([0, 1, 3].map((at) => nextRow('ArrowRight', rows, at))).toEqual([1, undefined, undefined]);
    expect([0, 1, 3].map((at) => nextRow('ArrowLeft', rows, at))).toEqual(['toggle', 0, 2]);
    const closed = visibleRows(roots, { ...NONE, flipped: new Set([rows[0]!.id]) });
    expect(nextRow('ArrowRight', closed, 0)).toBe('toggle');
    expect(nextRow('x', rows, 0)).toBeUndefined();
  });
});

describe('a window of rows', () => {
  it('finds the row at a height, where some are higher than others', () => {
    const tops = topsOf(['a', 'b', 'c'], new Map([['b', 100]]));
    expect([...tops]).toEqual([0, 33, 133, 166]);
    expect([-5, 0, 32, 33, 132, 133, 999].map((px) => rowAt(tops, px))).toEqual([0, 0, 0, 1, 1, 2, 2]);
    expect(rowAt(topsOf([], new Map()), 5)).toBe(0);
  });
});
