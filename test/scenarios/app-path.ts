import { type Context, ROOT_CONTEXT, type Span, type SpanContext, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resources } from '@opentelemetry/sdk-node';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ProfilerSpanProcessor } from '@profiler/span-processor';
import type { Sendable } from './sendable.ts';
import type { SpanPlan } from './span-plan.ts';

/** An app of one service with our span processor and the real SDK; what it would export is kept. */
class ProfiledApp {
  readonly processor: ProfilerSpanProcessor;
  readonly exporter = new InMemorySpanExporter();
  readonly #provider: TracerProvider;

  constructor(service: string, environment: string) {
    this.processor = new ProfilerSpanProcessor({
      exporter: this.exporter,
      createBatchProcessor: (exporter, maxQueueSize) => new BatchSpanProcessor({ exporter, maxQueueSize }),
      queueSpansMax: 100_000,
    });
    this.#provider = new TracerProvider({
      spanProcessors: [this.processor],
      sampler: createAlwaysRecordSampler(new AlwaysOnSampler()),
      resource: resources.resourceFromAttributes({
        'service.name': service,
        'deployment.environment.name': environment,
      }),
    });
  }

  start(plan: SpanPlan, under: Context, startedAtMs: number): Span {
    const { name, kind, attributes } = plan;
    // The API numbers its kinds from 0.
    const options = { kind: kind - 1, attributes, startTime: startedAtMs + plan.startMs };
    const span = this.#provider.getTracer(plan.scope).startSpan(name, options, under);
    if (plan.failed) span.setStatus({ code: SpanStatusCode.ERROR });
    const text = attributes['db.query.text'] ?? attributes['db.statement'];
    if (plan.values !== undefined && typeof text === 'string') this.processor.queryValues(span, text, plan.values);
    return span;
  }

  async exported(): Promise<ReadableSpan[]> {
    await this.processor.forceFlush();
    return this.exporter.getFinishedSpans();
  }
}

/** Apps by service, so that a span in another service than its parent's comes from another process. */
export class ProfiledApps {
  readonly #environment: string;
  readonly #apps = new Map<string, ProfiledApp>();

  constructor(environment: string) {
    this.#environment = environment;
  }

  /**
   * Runs one request: starts its spans as they stand, and ends them.
   *
   * @param endOrder in which of the spans end, entry spans and late ones apart; children before their parents unless it says otherwise
   */
  run(plans: readonly SpanPlan[], startedAtMs: number, endOrder: <Item>(spans: Item[]) => Item[]): void {
    const ends: { readonly rank: number; readonly end: () => void }[] = [];
    const walk = (plan: SpanPlan, under: Context, serviceAbove: string | undefined): void => {
      const isRemote = serviceAbove !== undefined && serviceAbove !== plan.service;
      const parent = plan.orphan ? ORPHAN : isRemote ? remote(under) : under;
      const span = this.#app(plan.service).start(plan, parent, startedAtMs);
      const inner = trace.setSpan(under, span);
      for (const child of plan.children) walk(child, inner, plan.service);
      const rank = plan.late ? 2 : plan.kind === 2 || plan.kind === 5 ? 1 : 0;
      ends.push({ rank, end: () => span.end(startedAtMs + plan.startMs + plan.durationMs) });
    };
    for (const plan of plans) walk(plan, ROOT_CONTEXT, undefined);
    const early = endOrder(ends.filter(({ rank }) => rank === 0));
    for (const { end } of [
      ...early,
      ...ends.filter(({ rank }) => rank === 1),
      ...ends.filter(({ rank }) => rank === 2),
    ]) {
      end();
    }
  }

  async exported(): Promise<Sendable[]> {
    const spans = await Promise.all([...this.#apps.values()].map((app) => app.exported()));
    return spans.flat().map((span) => new AppSendable(span));
  }

  #app(service: string): ProfiledApp {
    let app = this.#apps.get(service);
    if (app === undefined) {
      app = new ProfiledApp(service, this.#environment);
      this.#apps.set(service, app);
    }
    return app;
  }
}

const ORPHAN = remoteContext({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
});

function remote(under: Context): Context {
  return remoteContext(trace.getSpan(under)!.spanContext());
}

function remoteContext(context: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, isRemote: true });
}

class AppSendable implements Sendable {
  readonly #span: ReadableSpan;

  constructor(span: ReadableSpan) {
    this.#span = span;
  }

  async send(together: readonly Sendable[], url: string): Promise<void> {
    const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, timeoutMillis: 20_000 });
    const spans = (together as readonly AppSendable[]).map((it) => it.#span);
    await new Promise<void>((resolve, reject) => {
      exporter.export(spans, ({ code, error }) => (code === 0 ? resolve() : reject(error)));
    });
    await exporter.shutdown();
  }
}
