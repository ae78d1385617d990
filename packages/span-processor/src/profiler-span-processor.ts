import { type Span as ApiSpan, type Context, diag, type HrTime, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { HTTP_SYSTEM, loopPath, type Nesting, nestingOf } from '@profiler/analysis';
import { CallSiteCapture } from './call-site-capture.ts';
import { valuesHash } from './distinct-values.ts';
import { takeExceptions } from './driver-error.ts';
import { entryAttributes } from './entry-attributes.ts';
import { ExportQueue } from './export-queue.ts';
import { exportedView } from './exported-view.ts';
import { isIgnoredPath, pathOf } from './ignored-paths.ts';
import { OpenRequest } from './open-request.ts';
import { callOf, hasFailed, type Query, QueryReader } from './query-reader.ts';
import { SlowStatements } from './slow-statements.ts';
import { namesBelowEntry, nodeOf, SpanNode, setNode } from './span-node.ts';

export interface ProfilerSpanProcessorOptions {
  /** Where spans go. */
  readonly exporter: SpanExporter;
  /** Makes the processor that batches them; its queue must hold as many spans as it is told. */
  readonly createBatchProcessor: (exporter: SpanExporter, queueSpansMax: number) => SpanProcessor;
  /** Spans that wait for export; a quarter of the places is kept for entry spans. @default 2048 */
  readonly queueSpansMax?: number;
  /** Path prefixes, by whole segments, whose requests are dropped with all below them. @default [] */
  readonly ignoredPaths?: readonly string[];
  /** The call of one statement in one request, from 1, at which the caller's line is captured. @default 3 */
  readonly nPlusOneThreshold?: number;
  /** A statement that once took this long, in milliseconds, has its caller's line captured from then on. @default 100 */
  readonly slowQueryThresholdMs?: number;
  /** Call sites inside it are given relative to it. @default process.cwd() */
  readonly rootDirectory?: string;
  /** A file of the instrumentation that may stand outside `node_modules`: never a call site. */
  readonly instrumentationFile?: string;
  /** Called when a batch could not be delivered. */
  readonly onExportFailure?: (error: Error | undefined) => void;
}

/**
 * Turns the spans of each request into numbers on its entry span, and then exports them by way of a batching processor.
 *
 * Needs a sampler that records every span (`createAlwaysRecordSampler` around the app's own): then every request is
 * exactly one exported entry span at any sampling rate, and sampling decides only whether its children come along.
 *
 *     onStart    a child joins its parent's request; a second SERVER span joins the first's; any other SERVER opens one,
 *                and so does a CONSUMER that works on a message
 *     onEnding   a child is folded into its request; the entry span gets the request's table and closes it;
 *                a child that ends later is told which request it belongs to
 *     onEnd      sampled spans are exported, and of the unsampled ones those that carry numbers
 *
 * Nothing here throws into the app.
 */
export class ProfilerSpanProcessor implements SpanProcessor {
  readonly #queue: ExportQueue;
  readonly #queries = new QueryReader();
  readonly #slowStatements: SlowStatements;
  readonly #callSites: CallSiteCapture;
  readonly #ignoredPaths: readonly string[];

  constructor(options: ProfilerSpanProcessorOptions) {
    const { exporter, createBatchProcessor, onExportFailure } = options;
    const queueSpansMax = options.queueSpansMax ?? 2_048;
    this.#queue = new ExportQueue({ exporter, createBatchProcessor, queueSpansMax, onExportFailure });
    this.#slowStatements = new SlowStatements((options.slowQueryThresholdMs ?? 100) * 1e6);
    this.#ignoredPaths = options.ignoredPaths ?? [];
    this.#callSites = new CallSiteCapture({
      nPlusOneThreshold: options.nPlusOneThreshold ?? 3,
      slowStatements: this.#slowStatements,
      rootDirectory: options.rootDirectory ?? process.cwd(),
      instrumentationFile: options.instrumentationFile,
    });
  }

  /** Whether spans are still to be delivered. */
  get isBusy(): boolean {
    return this.#queue.isBusy;
  }

  onStart(span: Span, parentContext: Context): void {
    guarded(() => this.#join(span, parentContext));
    this.#queue.processor.onStart(span, parentContext);
  }

  onEnding(span: Span): void {
    guarded(() => this.#fold(span));
  }

  onEnd(span: ReadableSpan): void {
    guarded(() => this.#export(span));
  }

  /**
   * An instrumentation says that the app calls a driver with a query, before a span is started for it, or before the span
   * has its text. From the threshold on, and for statements known as slow, the line of the app that calls is captured.
   *
   * @param caller the function that the app called; frames above it are not looked at
   * @returns when no frame of the app was left, what to call in a callback of the promise of the result: V8 knows there who
   *   awaits it. So it is for `await` of something that has a `then` of its own, a query builder as a rule
   */
  queryCalled(queryText: string, system: string, caller?: CallableFunction): (() => void) | undefined {
    return guarded(() => {
      const node = nodeOf(trace.getActiveSpan());
      if (node === undefined || node.request.closed || node.request.ignored) return undefined;
      const fingerprint = this.#queries.fingerprint(queryText, system);
      // Under an ORM's span of the same statement: it was noted where the ORM was called.
      if (this.#callOf(node)?.fingerprint === fingerprint) return undefined;
      const again = this.#callSites.note(node, fingerprint, caller ?? this.queryCalled);
      const resultCalled = () => guarded(() => again?.(resultCalled));
      return again && resultCalled;
    });
  }

  /** An instrumentation shows the bind values of a query whose span has started; only their number is kept. */
  queryValues(span: ApiSpan, queryText: string, values: readonly unknown[] | undefined): void {
    guarded(() => {
      const node = nodeOf(span);
      if (node !== undefined && !node.request.closed) node.valuesHash = valuesHash(queryText, values);
    });
  }

  forceFlush(): Promise<void> {
    return this.#queue.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#queue.processor.shutdown();
  }

  #join(span: Span, parentContext: Context): void {
    let parent = nodeOf(trace.getSpan(parentContext));
    if (parent === undefined) {
      if (!opensRequest(span)) return;
      if (span.kind === SpanKind.SERVER) parent = nodeOf(getRPCMetadata(parentContext)?.span);
    }
    const request =
      parent?.request ?? new OpenRequest(span, isIgnoredPath(pathOf(span.attributes), this.#ignoredPaths));
    const node = new SpanNode(request, span, parent);
    setNode(span, node);
    if (span.kind !== SpanKind.CLIENT || parent === undefined || request.ignored) return;
    // Spans may end in any order: what is known of a call when it starts, the one above it should know.
    const nesting = this.#nest(node);
    if (nesting === 'same' || nesting === 'transport' || request.closed) return;
    // Most instrumentations start the span of a call where the app makes it, with what it asks on it.
    if (!CALL_KEYS.some((key) => span.attributes[key] !== undefined)) return;
    const { fingerprint, counted } = this.#callOf(node) ?? {};
    if (fingerprint !== undefined && counted) this.#callSites.note(parent, fingerprint, this.onStart);
  }

  #fold(span: Span): void {
    const node = nodeOf(span);
    if (node?.request.ignored) return;
    const query = node === undefined ? this.#queries.read(span) : this.#callOf(node);
    const isDatabase = query !== undefined && query.system !== HTTP_SYSTEM;
    const exceptions = span.events.length === 0 && !isDatabase ? [] : takeExceptions(span, isDatabase);
    if (node === undefined) return;

    const { request } = node;
    let news = false;
    for (const exception of exceptions) news = request.exceptions.add(exception) || news;
    if (span === request.entry) this.#close(node);
    else if (request.closed) this.#stampLate(node, this.#isCallOfItsOwn(node, query), news);
    else {
      if (node.parent && this.#isCallOfItsOwn(node, query)) this.#count(node, node.parent, query!);
      span.setAttribute('profiler.folded', true);
    }
  }

  /** What a span asks; its values are known from when its text was first read, for then it was normalised. */
  #callOf(node: SpanNode): Query | undefined {
    const read = this.#queries.read(node.span);
    if (node.call === undefined || node.call.fingerprint?.hex !== read?.fingerprint?.hex) node.call = read;
    return node.call;
  }

  /** Counted, and neither another call once more nor only a wrapper around others. */
  #isCallOfItsOwn(node: SpanNode, call: Query | undefined): boolean {
    if (!call?.counted) return false;
    const nesting = this.#nest(node);
    if (nesting === 'same' || nesting === 'transport') return false;
    return node.hasSameBelow || !node.wrapsAnother;
  }

  /** How a call stands to the nearest one above it, which learns of it. */
  #nest(node: SpanNode): Nesting | undefined {
    const outer = this.#callAbove(node);
    const inner = outer && (node.call ?? this.#callOf(node));
    if (outer === undefined || !inner?.counted) return undefined;
    const nesting = nestingOf(callOf(outer.call!, outer.span), callOf(inner, node.span));
    if (nesting === 'same') {
      outer.hasSameBelow = true;
      outer.valuesHash ??= node.valuesHash;
    } else if (nesting === 'wrapper') outer.wrapsAnother = true;
    return nesting;
  }

  /** As in the analysis of exported spans: one that says what it asks, else one that says of which database. */
  #callAbove(node: SpanNode): SpanNode | undefined {
    let database: SpanNode | undefined;
    for (let at = node.parent; at?.parent !== undefined; at = at.parent) {
      if (at.span.kind !== SpanKind.CLIENT) continue;
      const call = this.#callOf(at);
      if (call?.fingerprint !== undefined && call.counted) return at;
      if (call !== undefined) database ??= at;
    }
    return database;
  }

  #count(node: SpanNode, parent: SpanNode, { fingerprint, system, summarised, single, valuesHash }: Query): void {
    const { span } = node;
    const durationNs = nanoseconds(span.duration);
    node.request.queries.add(parent, {
      fingerprint: fingerprint!,
      system,
      summarised,
      scope: span.instrumentationScope.name,
      durationNs,
      repeatable: single && !hasFailed(span),
      valuesHash: node.valuesHash ?? valuesHash,
    });
    if (system !== HTTP_SYSTEM) this.#slowStatements.note(fingerprint!, durationNs);
  }

  #close(node: SpanNode): void {
    const { request, span } = node;
    request.closed = true;
    request.reportedDroppedSpans = this.#queue.droppedSpans;
    span.setAttributes(entryAttributes(request, isSampled(span), request.reportedDroppedSpans));
    request.release();
    node.counted = true;
  }

  /** A late query or a late exception brings numbers of its own; any other late span has nothing left to count. */
  #stampLate(node: SpanNode, isCall: boolean, newException: boolean): void {
    const { request, span } = node;
    if (!isCall && !newException) {
      span.setAttribute('profiler.folded', true);
      return;
    }
    node.counted = true;
    if (node.call?.single === false) span.setAttribute('profiler.batch', true);
    span.setAttribute('profiler.entry_span_id', request.entry.spanContext().spanId);
    span.setAttribute('profiler.loop_path', node.parent === undefined ? '' : loopPath(namesBelowEntry(node.parent)));
  }

  #export(span: ReadableSpan): void {
    const node = nodeOf(span);
    if (node?.request.ignored) return;
    const counted = node?.counted === true;
    const sampled = isSampled(span);
    if (!sampled && !counted) return;
    const accepted = this.#queue.offer(sampled ? span : exportedView(span), counted);
    if (accepted && node?.span === node?.request.entry) this.#queue.reported(node?.request.reportedDroppedSpans ?? 0);
  }
}

/** What says, at a span's start, what is asked. */
const CALL_KEYS = ['db.query.text', 'db.statement', 'db.operation.name', 'url.full'] as const;

/** A request, or a message that is worked on; waiting for messages is no work. */
function opensRequest({ kind, attributes }: Span): boolean {
  if (kind === SpanKind.SERVER) return true;
  const operation = attributes['messaging.operation.type'] ?? attributes['messaging.operation'];
  return kind === SpanKind.CONSUMER && operation !== 'receive';
}

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function nanoseconds([seconds, nanos]: HrTime): number {
  return seconds * 1e9 + nanos;
}

function guarded<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    diag.error('profiler: a span could not be processed', error);
    return undefined;
  }
}
