import { expect, it } from 'vitest';
import { countSpans, entryOf } from './spans.ts';

interface Node {
  spanId: string;
  entry: boolean;
  children: Node[];
}
const node = (spanId: string, entry: boolean, ...children: Node[]): Node => ({ spanId, entry, children });

const trace = [
  node('gateway', true, node('call', false, node('orders', true, node('query', false)))),
  node('stray', false),
];

it('counts every span once', () => {
  expect(countSpans(trace)).toBe(5);
});

it('takes the nearest entry span from a span upwards', () => {
  expect(entryOf(trace, 'query')?.spanId).toBe('orders');
  expect(entryOf(trace, 'orders')?.spanId).toBe('orders');
  expect(entryOf(trace, 'call')?.spanId).toBe('gateway');
});

it('takes the first from the top when no span of a request is named', () => {
  expect(entryOf(trace, undefined)?.spanId).toBe('gateway');
  expect(entryOf(trace, 'stray')?.spanId).toBe('gateway');
  expect(entryOf([node('stray', false)], undefined)).toBeUndefined();
});

it('walks a trace as deep as anyone sends', () => {
  let deep = node('leaf', false);
  for (let depth = 0; depth < 50_000; depth++) deep = node(`at-${depth}`, depth === 49_999, deep);
  expect(countSpans([deep])).toBe(50_001);
  expect(entryOf([deep], 'leaf')?.spanId).toBe('at-49999');
});
