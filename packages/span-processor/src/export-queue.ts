import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

export interface ExportQueueOptions {
  readonly exporter: SpanExporter;
  /** Makes the processor that batches; it must hold as many spans as it is told. */
  readonly createBatchProcessor: (exporter: SpanExporter, queueSpansMax: number) => SpanProcessor;
  readonly queueSpansMax: number;
  readonly onExportFailure?: ((error: Error | undefined) => void) | undefined;
}

/**
 * The door to a batching processor, which by itself treats all spans alike and says nothing of those that it drops.
 * A quarter of its queue is kept for spans that carry numbers, so that a burst of children cannot push out a request;
 * and every span that finds no room, or whose export fails, is counted until an entry span has reported it.
 */
export class ExportQueue {
  readonly #processor: SpanProcessor;
  readonly #queueSpansMax: number;
  readonly #uncountedSpansMax: number;
  #queuedSpans = 0;
  readonly #exports = new Set<Promise<void>>();
  #droppedSpans = 0;

  constructor({ exporter, createBatchProcessor, queueSpansMax, onExportFailure }: ExportQueueOptions) {
    this.#queueSpansMax = queueSpansMax;
    this.#uncountedSpansMax = queueSpansMax - Math.ceil(queueSpansMax / 4);
    this.#processor = createBatchProcessor(this.#watch(exporter, onExportFailure), queueSpansMax);
  }

  /** Spans that were dropped and that no exported entry span has reported yet. */
  get droppedSpans(): number {
    return this.#droppedSpans;
  }

  /** Whether spans wait for their batch or a batch for its answer. */
  get isBusy(): boolean {
    return this.#queuedSpans > 0 || this.#exports.size > 0;
  }

  get processor(): SpanProcessor {
    return this.#processor;
  }

  /** Sends what waits, and waits for what is on its way, which the batching processor by itself does not. */
  async forceFlush(): Promise<void> {
    await Promise.all([this.#processor.forceFlush(), ...this.#exports]);
  }

  /**
   * @param counted whether the span carries numbers that nothing else repeats
   * @returns whether it found room
   */
  offer(span: ReadableSpan, counted: boolean): boolean {
    if (this.#queuedSpans >= (counted ? this.#queueSpansMax : this.#uncountedSpansMax)) {
      this.#droppedSpans++;
      return false;
    }
    this.#queuedSpans++;
    this.#processor.onEnd(span);
    return true;
  }

  /** An entry span that is on its way says so much of what was dropped. */
  reported(droppedSpans: number): void {
    this.#droppedSpans -= droppedSpans;
  }

  #watch(exporter: SpanExporter, onExportFailure: ExportQueueOptions['onExportFailure']): SpanExporter {
    return {
      export: (spans, done) => {
        this.#queuedSpans -= spans.length;
        let answered = () => {};
        const exporting = new Promise<void>((resolve) => {
          answered = resolve;
        });
        this.#exports.add(exporting);
        exporter.export(spans, (result) => {
          this.#exports.delete(exporting);
          answered();
          if (result.code !== EXPORT_SUCCEEDED) {
            for (const span of spans) this.#droppedSpans += 1 + reportOf(span);
            onExportFailure?.(result.error);
          }
          done(result);
        });
      },
      forceFlush: async () => exporter.forceFlush?.(),
      shutdown: () => exporter.shutdown(),
    };
  }
}

/** `ExportResultCode.SUCCESS`. */
const EXPORT_SUCCEEDED = 0;

/** What a span that was lost itself had to say about others. */
function reportOf(span: ReadableSpan): number {
  const report = span.attributes['profiler.dropped_spans'];
  return typeof report === 'number' ? report : 0;
}
