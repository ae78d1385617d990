import { type Span as ApiSpan, type Context, diag, type HrTime, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { type Fingerprint, loopPath } from '@profiler/analysis';
import { callSite, captureStack } from './call-site.ts';
import { mayHavePlaceholders, valuesHash } from './distinct-values.ts';
import { takeExceptions } from './driver-error.ts';
import { entryAttributes } from './entry-attributes.ts';
import { ExportQueue } from './export-queue.ts';
import { exportedView } from './exported-view.ts';
import { isIgnoredPath, pathOf } from './ignored-paths.ts';
import { OpenRequest } from './open-request.ts';
import { type Query, QueryReader, queryTextOf, systemOf } from './query-reader.ts';
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
 *     onStart    a child joins its parent's request; a second SERVER span joins the first's; any other SERVER opens one
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
  readonly #ignoredPaths: readonly string[];
  readonly #nPlusOneThreshold: number;
  readonly #rootDirectory: string;
  readonly #instrumentationFile: string | undefined;

  constructor(options: ProfilerSpanProcessorOptions) {
    const { exporter, createBatchProcessor, onExportFailure } = options;
    const queueSpansMax = options.queueSpansMax ?? 2_048;
    this.#queue = new ExportQueue({ exporter, createBatchProcessor, queueSpansMax, onExportFailure });
    this.#slowStatements = new SlowStatements((options.slowQueryThresholdMs ?? 100) * 1e6);
    this.#ignoredPaths = options.ignoredPaths ?? [];
    this.#nPlusOneThreshold = options.nPlusOneThreshold ?? 3;
    this.#rootDirectory = options.rootDirectory ?? process.cwd();
    this.#instrumentationFile = options.instrumentationFile;
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
   * An instrumentation says that the app calls a driver with a query, before a span is started for it. From the
   * threshold on, and for statements known as slow, the line of the app that calls is captured.
   *
   * @param caller the function that the app called; frames above it are not looked at
   * @returns when no frame of the app was left, what to call in a callback of the promise of the result: V8 knows there who
   *   awaits it. So it is for `await` of something that has a `then` of its own, a query builder as a rule
   */
  queryCalled(queryText: string, system: string, caller?: CallableFunction): (() => void) | undefined {
    const node = nodeOf(trace.getActiveSpan());
    if (node === undefined) return undefined;
    let resultCalled: (() => void) | undefined;
    guarded(() => {
      resultCalled = this.#noteCall(node, queryText, system, caller ?? this.queryCalled);
    });
    return resultCalled;
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
      if (span.kind !== SpanKind.SERVER) return;
      parent = nodeOf(getRPCMetadata(parentContext)?.span);
    }
    const request =
      parent?.request ?? new OpenRequest(span, isIgnoredPath(pathOf(span.attributes), this.#ignoredPaths));
    const node = new SpanNode(request, span, parent);
    setNode(span, node);
    // Most instrumentations start the span of a query where the driver is called, with the text on it.
    if (parent === undefined || span.kind !== SpanKind.CLIENT) return;
    const text = queryTextOf(span.attributes);
    if (text === undefined) return;
    this.#noteCall(parent, text, systemOf(span.attributes), this.onStart);
    if (!mayHavePlaceholders(text)) node.valuesHash = valuesHash(text, undefined);
  }

  /** @returns what captures the line once more, when this call should have had it and no frame of the app was left */
  #noteCall(node: SpanNode, queryText: string, system: string, caller: CallableFunction): (() => void) | undefined {
    const { request } = node;
    if (request.closed || request.ignored) return undefined;
    const fingerprint = this.#queries.fingerprint(queryText, system);
    // The driver's call below an ORM's span of the same statement has been noted where the ORM was called.
    if (this.#queries.read(node.span)?.fingerprint === fingerprint) return undefined;
    const armed = request.calls.count(fingerprint) >= this.#nPlusOneThreshold || this.#slowStatements.has(fingerprint);
    if (!armed || node.callSites?.has(fingerprint) || !request.calls.mayCapture(fingerprint)) return undefined;
    if (this.#captured(node, fingerprint, caller)) return undefined;
    const later = () => guarded(() => void this.#captured(node, fingerprint, later));
    return later;
  }

  #captured(node: SpanNode, fingerprint: Fingerprint, caller: CallableFunction): boolean {
    const site = callSite(captureStack(caller), this.#rootDirectory, this.#instrumentationFile);
    if (site === '') return false;
    node.callSites ??= new Map();
    node.callSites.set(fingerprint, site);
    return true;
  }

  #fold(span: Span): void {
    const node = nodeOf(span);
    if (node?.request.ignored) return;
    const query = this.#queries.read(span);
    const exceptions = span.events.length === 0 && query === undefined ? [] : takeExceptions(span, query !== undefined);
    if (node === undefined) return;

    const { request } = node;
    let news = false;
    for (const exception of exceptions) news = request.exceptions.add(exception) || news;
    if (span === request.entry) this.#close(node);
    else if (request.closed) this.#stampLate(node, query, news);
    else {
      if (query?.counted && node.parent) this.#countOnce(node, node.parent, query);
      span.setAttribute('profiler.folded', true);
    }
  }

  /**
   * A query right under a query span of the same statement is the same call, seen by an ORM and by its driver: the ORM's
   * is counted, and learns the bind values from the driver's.
   */
  #countOnce(node: SpanNode, parent: SpanNode, query: Query): void {
    if (this.#queries.read(parent.span)?.fingerprint === query.fingerprint) parent.valuesHash ??= node.valuesHash;
    else this.#count(node, parent, query);
  }

  #count(node: SpanNode, parent: SpanNode, { fingerprint, system }: Query): void {
    const durationNs = nanoseconds(node.span.duration);
    node.request.queries.add(parent, fingerprint, system, durationNs, node.valuesHash);
    this.#slowStatements.note(fingerprint, durationNs);
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
  #stampLate(node: SpanNode, query: Query | undefined, newException: boolean): void {
    const { request, span } = node;
    if (!query?.counted && !newException) {
      span.setAttribute('profiler.folded', true);
      return;
    }
    node.counted = true;
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

function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function nanoseconds([seconds, nanos]: HrTime): number {
  return seconds * 1e9 + nanos;
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    diag.error('profiler: a span could not be processed', error);
  }
}
