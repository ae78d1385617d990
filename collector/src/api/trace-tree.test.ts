import { describe, expect, it } from 'vitest';
import { traceTree } from './trace-tree.ts';

interface Node {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly children: Node[];
}

/** `b<a` is span b under span a; the order is that of their start. */
function tree(text: string, depthMax?: number): string {
  const spans = text.split(' ').map((part): Node => {
    const [spanId, parentSpanId] = part.split('<');
    return { spanId: spanId!, parentSpanId: parentSpanId ?? '', children: [] };
  });
  const show = (node: Node): string =>
    node.children.length === 0 ? node.spanId : `${node.spanId}(${node.children.map(show).join(' ')})`;
  return traceTree(spans, depthMax).map(show).join(' ');
}

describe('traceTree', () => {
  it.each([
    ['a b<a c<b d<a', 'a(b(c) d)', 'puts children under their parents, by start'],
    ['b<a c<b a', 'a(b(c))', 'does not ask for the parent first'],
    ['b<gone c<b a', 'b(c) a', 'takes a span whose parent is not stored for a root'],
    ['a b<a b<a', 'a(b)', 'takes a span that came twice once'],
    ['x a<c b<a c<b d<c', 'x a(b(c(d)))', 'opens a ring at its earliest span'],
    ['a<a', 'a', 'takes its own parent for a root'],
  ])('%s -> %s: %s', (text, expected) => expect(tree(text)).toBe(expected));

  it('keeps what is too deep at the deepest level that it may have', () => {
    expect(tree('a b<a c<b d<c e<d', 3)).toBe('a(b(c d e))');
  });

  it('holds a chain of 100,000 spans', () => {
    const spans = Array.from(
      { length: 100_000 },
      (_, i): Node => ({ spanId: `${i}`, parentSpanId: `${i - 1}`, children: [] }),
    );
    expect(() => JSON.stringify(traceTree(spans))).not.toThrow();
  });
});
