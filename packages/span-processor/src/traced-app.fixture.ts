import { fileURLToPath } from 'node:url';
import { type Context, context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ProfilerSpanProcessor, type ProfilerSpanProcessorOptions } from './profiler-span-processor.ts';

interface TracedAppOptions extends Partial<ProfilerSpanProcessorOptions> {
  /** Part of the traces that is sampled. @default 1 */
  readonly ratio?: number;
  readonly exporter?: SpanExporter;
}

/** What an instrumented app does to its spans, with the real SDK and an exporter that keeps what it is given. */
export class TracedApp {
  readonly exporter = new InMemorySpanExporter();
  readonly processor: ProfilerSpanProcessor;
  readonly provider: TracerProvider;
  readonly #clockMs = Date.now();

  constructor({ ratio = 1, ...options }: TracedAppOptions = {}) {
    this.processor = new ProfilerSpanProcessor({
      exporter: this.exporter,
      createBatchProcessor: (exporter, maxQueueSize) => new BatchSpanProcessor({ exporter, maxQueueSize }),
      queueSpansMax: 100_000,
      instrumentationFile: fileURLToPath(import.meta.url),
      ...options,
    });
    this.provider = new TracerProvider({
      spanProcessors: [this.processor],
      sampler: createAlwaysRecordSampler(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })),
    });
  }

  /** Starts an entry span; `under` may carry a remote parent or the metadata of another SERVER span. */
  serve(path = '/orders', under: Context = ROOT_CONTEXT): Running {
    return this.start('GET', SpanKind.SERVER, under, { 'http.request.method': 'GET', 'url.path': path });
  }

  start(name: string, kind: SpanKind, under: Context, attributes: Record<string, string> = {}): Running {
    const startTime = this.#clockMs;
    const span = this.provider.getTracer('test').startSpan(name, { kind, attributes, startTime }, under);
    return { span, context: trace.setSpan(under, span), end: (ms = 1) => span.end(startTime + ms) };
  }

  /** Starts a query span as instrumentation-pg does: the text is set after the start. */
  query(text: string, under: Running, system = 'postgresql'): Running {
    const running = this.start('pg.query', SpanKind.CLIENT, under.context, { 'db.system.name': system });
    running.span.setAttribute('db.query.text', text);
    return running;
  }

  /** A query builder: it calls its driver when somebody awaits it, and then no frame of the app is on the stack. */
  builder(text: string, under: Running): PromiseLike<unknown> {
    const { processor } = this;
    const execute = () => {
      const resultCalled = context.with(under.context, () => processor.queryCalled(text, 'postgresql'));
      const query = this.query(text, under);
      return Promise.resolve([]).then((found) => {
        resultCalled?.();
        query.end();
        return found;
      });
    };
    // biome-ignore lint/suspicious/noThenProperty: it is what makes a query builder one
    return { then: (resolve, reject) => execute().then(resolve, reject) };
  }

  async exported(): Promise<readonly ReadableSpan[]> {
    await this.processor.forceFlush();
    return this.exporter.getFinishedSpans();
  }

  async entries(): Promise<readonly ReadableSpan[]> {
    return (await this.exported()).filter((span) => span.attributes['profiler.version'] !== undefined);
  }
}

export interface Running {
  readonly span: Span;
  readonly context: Context;
  /** @param ms its duration */
  readonly end: (ms?: number) => void;
}

/** The arrays of an entry span as rows, without the columns a test does not ask for. */
export function rows(entry: ReadableSpan | undefined, ...columns: string[]): unknown[][] {
  const arrays = columns.map((column) => (entry?.attributes[`profiler.query.${column}`] ?? []) as unknown[]);
  return (arrays[0] ?? []).map((_, at) => arrays.map((array) => array[at]));
}
