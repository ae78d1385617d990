import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ProfilerSpanProcessor } from '@profiler/span-processor';
import type { Attributes, ResourceSpans } from '../support/otlp.ts';
import type { SpanPlan } from './span-plan.ts';

/** An app of one service with our span processor and the real SDK; what it would export is kept. */
class ProfiledApp {
  readonly #processor: ProfilerSpanProcessor;
  readonly #exporter = new InMemorySpanExporter();
  readonly #provider: TracerProvider;

  constructor() {
    this.#processor = new ProfilerSpanProcessor({
      exporter: this.#exporter,
      createBatchProcessor: (exporter, maxQueueSize) => new BatchSpanProcessor({ exporter, maxQueueSize }),
      queueSpansMax: 100_000,
    });
    this.#provider = new TracerProvider({
      spanProcessors: [this.#processor],
      sampler: createAlwaysRecordSampler(new AlwaysOnSampler()),
    });
  }

  start(plan: SpanPlan, under: Context, startedAtMs: number): Span {
    const { name, kind, attributes } = plan;
    // The API numbers its kinds from 0.
    const options = { kind: kind - 1, attributes, startTime: startedAtMs + plan.startMs };
    const span = this.#provider.getTracer(plan.scope).startSpan(name, options, under);
    if (plan.failed) span.setStatus({ code: SpanStatusCode.ERROR });
    const text = plan.text;
    if (plan.values !== undefined && text !== undefined) this.#processor.queryValues(span, text, plan.values);
    return span;
  }

  async exported(): Promise<readonly ReadableSpan[]> {
    await this.#processor.forceFlush();
    return this.#exporter.getFinishedSpans();
  }
}

/** Apps by service: a span in another service than its parent's comes from another process. */
export class ProfiledApps {
  readonly #apps = new Map<string, ProfiledApp>();

  /**
   * Runs one request: starts its spans as they stand, and ends them.
   *
   * @param endOrder in which they end, entry spans and late ones apart, which come behind in this order; children before their
   *   parents unless it says otherwise
   */
  run(
    plans: readonly SpanPlan[],
    startedAtMs: number,
    endOrder: <Item>(spans: readonly Item[]) => readonly Item[],
  ): void {
    const ends: { readonly rank: number; readonly end: () => void }[] = [];
    const walk = (plan: SpanPlan, under: Context, serviceAbove: string | undefined): void => {
      const isRemote = serviceAbove !== undefined && serviceAbove !== plan.service;
      const parent = plan.orphan ? ORPHAN : isRemote ? remote(trace.getSpan(under)!.spanContext()) : under;
      const span = this.#app(plan.service).start(plan, parent, startedAtMs);
      for (const child of plan.children) walk(child, trace.setSpan(under, span), plan.service);
      const rank = plan.late ? 2 : plan.kind === 2 || plan.kind === 5 ? 1 : 0;
      ends.push({ rank, end: () => span.end(startedAtMs + plan.startMs + plan.durationMs) });
    };
    for (const plan of plans) walk(plan, ROOT_CONTEXT, undefined);
    const ranked = [0, 1, 2].map((rank) => ends.filter((it) => it.rank === rank));
    for (const { end } of [...endOrder(ranked[0]!), ...ranked[1]!, ...ranked[2]!]) end();
  }

  /** What all of them exported, each span with the resource and scope that it is sent with. */
  async exported(environment: string): Promise<ResourceSpans[]> {
    const all: ResourceSpans[] = [];
    for (const [service, app] of this.#apps) {
      const resource = { 'service.name': service, 'deployment.environment.name': environment };
      for (const span of await app.exported()) all.push(asSent(span, resource));
    }
    return all;
  }

  #app(service: string): ProfiledApp {
    let app = this.#apps.get(service);
    if (app === undefined) {
      app = new ProfiledApp();
      this.#apps.set(service, app);
    }
    return app;
  }
}

const ORPHAN = remote({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 });

function remote(context: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...context, isRemote: true });
}

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

function asSent(span: ReadableSpan, resource: Attributes): ResourceSpans {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  return {
    resource,
    scope: { name: span.instrumentationScope.name },
    spans: [
      {
        traceId,
        spanId,
        parentSpanId: parent?.spanId ?? '',
        name: span.name,
        kind: span.kind + 1,
        startTimeUnixNano: nanoseconds(span.startTime),
        endTimeUnixNano: nanoseconds(span.endTime),
        attributes: span.attributes as Attributes,
        status: { code: span.status.code },
        flags: traceFlags | HAS_IS_REMOTE | (parent?.isRemote === true ? IS_REMOTE : 0),
      },
    ],
  };
}

function nanoseconds([seconds, nanos]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
