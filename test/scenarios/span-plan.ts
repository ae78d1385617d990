import type { Scenario, SpanText } from './scenario.ts';
import { HEADS, type HeadAttributes } from './span-heads.ts';

/** One span as it is to be, before either path makes it. Times are milliseconds from the start of the request. */
export interface SpanPlan {
  readonly service: string;
  readonly scope: string;
  readonly kind: number;
  readonly name: string;
  readonly attributes: HeadAttributes;
  /** Its statement, if it has one. */
  readonly text: string | undefined;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** It ends, and is exported, after its entry span. */
  readonly late: boolean;
  /** It says who its parent is, but nobody has heard of that. */
  readonly orphan: boolean;
  /** Bind values, which only the app sees. */
  readonly values: readonly number[] | undefined;
  readonly children: readonly SpanPlan[];
}

/** What a line may say behind its bar that is no attribute of the span. */
const OWN_EXTRAS = new Set(['service', 'scope', 'failed', 'late', 'orphan', 'values', 'name', 'skew']);
/** What a span takes by itself, beside its children. */
const OWN_MS = 1;

/** The spans of one request: repeats written out, times laid one behind the other, or side by side. */
export function planRequest(scenario: Scenario, run: number): SpanPlan[] {
  let number = run * 10_000;
  let atMs = 0;

  const expand = (span: SpanText, turn: number, startMs: number, service: string): SpanPlan => {
    const own = number++;
    const fill = (text: string) => text.replaceAll('{i}', String(turn)).replaceAll('{n}', String(own));
    const makeHead = HEADS[span.head];
    if (makeHead === undefined) throw new Error(`${scenario.name}:${span.line}: no such span: ${span.head}`);
    const head = makeHead(fill(span.text));
    const { extras } = span;
    const serviceHere = extras.service === undefined ? service : `${scenario.name}/${extras.service}`;
    const skewMs = Number(extras.skew ?? 0);
    let innerMs = startMs;
    const children: SpanPlan[] = [];
    for (const child of span.children) {
      const from = innerMs;
      for (let at = 1; at <= child.times; at++) {
        const begin = (child.sideBySide ? from : innerMs) + child.afterMs;
        const plan = expand(child, child.times > 1 ? at : turn, begin + skewMs, serviceHere);
        children.push(plan);
        innerMs = Math.max(innerMs, begin + plan.durationMs);
      }
    }
    const isLeaf = span.children.length === 0;
    const attributes: Record<string, string | number> = { ...head.attributes };
    for (const [key, value] of Object.entries(extras)) {
      if (!OWN_EXTRAS.has(key)) attributes[key] = /^\d+$/.test(value) ? Number(value) : fill(value);
    }
    return {
      service: serviceHere,
      scope: extras.scope ?? head.scope,
      kind: head.kind,
      name: extras.name === undefined ? head.name : fill(extras.name),
      attributes,
      text: head.attributes['db.query.text'] ?? head.attributes['db.statement'],
      startMs,
      durationMs: span.durationMs ?? (isLeaf ? OWN_MS : innerMs - startMs + OWN_MS),
      failed: 'failed' in extras,
      late: 'late' in extras,
      orphan: 'orphan' in extras,
      values: extras.values === undefined ? undefined : [extras.values === 'same' ? 1 : own],
      children,
    };
  };

  return scenario.roots.flatMap((root) =>
    Array.from({ length: root.times }, (_, at) => {
      const plan = expand(root, at + 1, atMs + root.afterMs, scenario.name);
      atMs += root.afterMs + plan.durationMs;
      return plan;
    }),
  );
}
