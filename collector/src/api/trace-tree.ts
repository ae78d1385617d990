/**
 * Spans as a tree.
 *
 *     parent stored      -> child of it
 *     parent not stored  -> a root: its parent is elsewhere, not here yet, or not sampled
 *     parents in a ring  -> the earliest of the ring is a root
 *
 * Siblings and roots stand by start. What lies deeper than `depthMax` stays at that depth, so that writing a tree as JSON
 * cannot exhaust the stack.
 */
export interface TreeNode<Self> {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly children: Self[];
}

/** @param spans by start; a span that came twice is taken once. Fills `children`. */
export function traceTree<Node extends TreeNode<Node>>(spans: readonly Node[], depthMax = 200): Node[] {
  const nodes = new Map<string, Node>();
  for (const span of spans) if (!nodes.has(span.spanId)) nodes.set(span.spanId, span);
  const childrenOf = new Map<string, Node[]>();
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    if (!nodes.has(node.parentSpanId)) roots.push(node);
    else siblings(node.parentSpanId).push(node);
  }
  function siblings(parentSpanId: string): Node[] {
    const known = childrenOf.get(parentSpanId);
    if (known !== undefined) return known;
    const none: Node[] = [];
    childrenOf.set(parentSpanId, none);
    return none;
  }
  const placed = new Set<Node>();
  const place = (root: Node) => {
    const pending: { node: Node; under: Node; depth: number }[] = [{ node: root, under: root, depth: 1 }];
    placed.add(root);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, under, depth } = next;
      const target = depth >= depthMax ? under : node;
      for (const child of childrenOf.get(node.spanId) ?? []) {
        if (placed.has(child)) continue;
        placed.add(child);
        target.children.push(child);
        pending.push({ node: child, under: target, depth: depth + 1 });
      }
    }
  };
  for (const root of roots) place(root);
  for (const node of nodes.values()) {
    if (placed.has(node)) continue;
    roots.push(node);
    place(node);
  }
  const positions = new Map([...nodes.values()].map((node, position) => [node, position]));
  return roots.sort((a, b) => positions.get(a)! - positions.get(b)!);
}
