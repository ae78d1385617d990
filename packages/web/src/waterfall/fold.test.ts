import type { TraceSpan } from '@profiler/collector/api-types';
import { describe, expect, it } from 'vitest';
import { type FoldedRow, fold, unfold } from './fold.ts';

let lastId = 0;
const span = (name: string, offsetMs: number, part: Partial<TraceSpan> = {}): TraceSpan =>
  ({
    spanId: String(++lastId),
    name,
    service: 'shop',
    kind: 'internal',
    entry: false,
    fingerprint: '',
    status: 'unset',
    exceptionType: '',
    offsetMs,
    durationMs: 1,
    children: [],
    ...part,
  }) as TraceSpan;

/** `loadItems×3(SELECT×3)` */
const drawn = (rows: readonly FoldedRow[]): string =>
  rows
    .map((row) => {
      const times = row.spans.length > 1 ? `×${row.spans.length}` : '';
      return `${row.spans[0]!.name}${times}${row.children.length > 0 ? `(${drawn(row.children)})` : ''}`;
    })
    .join(' ');

const loop = (times: number) =>
  Array.from({ length: times }, (_, at) =>
    span('loadItems', 10 + at, { children: [span('SELECT', 10 + at, { kind: 'client', fingerprint: 'f' })] }),
  );

describe('fold', () => {
  it('draws a loop as one row, and what it calls as one row below', () => {
    expect(drawn(fold([span('auth', 1), ...loop(41), span('render', 90)]))).toBe('auth loadItems×41(SELECT×41) render');
  });

  it('does not care for order, nor for what stands between the repeats', () => {
    const [a, b, c] = loop(3) as [TraceSpan, TraceSpan, TraceSpan];
    expect(drawn(fold([c, span('log', 11.5), a, b]))).toBe('loadItems×3(SELECT×3) log');
    expect(fold([c, a, b])[0]!.spans.map(({ offsetMs }) => offsetMs)).toEqual([10, 11, 12]);
  });

  it('leaves two alike as they are', () => {
    expect(drawn(fold(loop(2)))).toBe('loadItems(SELECT) loadItems(SELECT)');
  });

  it('keeps different queries of one name apart', () => {
    const queries = ['f', 'g', 'f', 'g', 'f', 'g'].map((fingerprint, at) => span('query', at, { fingerprint }));
    expect(drawn(fold(queries))).toBe('query×3 query×3');
  });

  it('keeps the failed one out of the loop that it failed in', () => {
    const failed = span('loadItems', 11.5, { status: 'error' });
    const rows = fold([...loop(4), failed]);
    expect(drawn(rows)).toBe('loadItems×4(SELECT×4) loadItems');
    expect(rows.map(({ hasError }) => hasError)).toEqual([false, true]);
  });

  it('adds up the time of what it folds', () => {
    expect(fold(loop(5))[0]!.totalMs).toBe(5);
  });
});

it('unfolds into the single rows again', () => {
  expect(drawn(unfold(fold(loop(3))[0]!))).toBe('loadItems(SELECT) loadItems(SELECT) loadItems(SELECT)');
});

it('folds a chain as deep as anyone sends', () => {
  let deep = span('leaf', 0);
  for (let depth = 0; depth < 50_000; depth++) deep = span(`at-${depth}`, 0, { children: [deep] });
  expect(fold([deep])[0]!.children[0]!.spans[0]!.name).toBe('at-49998');
});
