import type { Span as ApiSpan } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import type { Fingerprint } from '@profiler/analysis';
import type { OpenRequest } from './open-request.ts';
import type { Query } from './query-reader.ts';
import type { QueryGroup } from './query-table.ts';

/**
 * What is known of a span while its request runs. It hangs on the span object itself, under a symbol: concurrent
 * requests may share a trace id, a `WeakMap` costs thirty times as much, and an entry in a table of our own would stay
 * for ever when a span never ends (a cursor that nobody closes).
 *
 *     GET /orders              node(parent: undefined)
 *     └─ loadLines             node(parent: GET /orders)      groups: SELECT lines -> 12 calls
 *        └─ pg.query           node(parent: loadLines)        valuesHash
 */
export class SpanNode {
  readonly request: OpenRequest;
  readonly span: Span;
  /** `undefined` for the entry span. */
  readonly parent: SpanNode | undefined;
  /** Queries whose parent is this span. */
  groups: Map<Fingerprint, QueryGroup> | undefined = undefined;
  /** Lines of the app that called those queries. */
  callSites: Map<Fingerprint, string> | undefined = undefined;
  /** What it asks, as first read: then its values were still in the text. */
  call: Query | undefined = undefined;
  /** A call below it is this call once more; a call below it is another, which this one wraps. */
  hasSameBelow = false;
  wrapsAnother = false;
  /** Salted hash of the bind values, on a query whose driver shows them. */
  valuesHash: number | undefined = undefined;
  /** The request's numbers are incomplete without this span, so it is exported even when unsampled. */
  counted = false;

  constructor(request: OpenRequest, span: Span, parent: SpanNode | undefined) {
    this.request = request;
    this.span = span;
    this.parent = parent;
  }
}

const SLOT = Symbol('profiler.span');

type Slotted = { [SLOT]?: SpanNode };

export function nodeOf(span: ApiSpan | object | undefined): SpanNode | undefined {
  return span === undefined ? undefined : (span as Slotted)[SLOT];
}

export function setNode(span: object, node: SpanNode): void {
  (span as Slotted)[SLOT] = node;
}

/** Names of the spans from below the entry span down to `node`, outermost first; empty for the entry span. */
export function namesBelowEntry(node: SpanNode): string[] {
  const names: string[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) names.push(at.span.name);
  return names.reverse();
}
