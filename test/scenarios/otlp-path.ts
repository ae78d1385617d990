import { randomBytes } from 'node:crypto';
import { encodeTraces, type OtlpSpan } from '../support/otlp.ts';
import type { Sendable } from './sendable.ts';
import type { SpanPlan } from './span-plan.ts';

/** Spans as any SDK exports them, which the collector derives from. */
export function otlpSpans(plans: readonly SpanPlan[], environment: string, startedAtMs: number): Sendable[] {
  const spans: OtlpSendable[] = [];
  const traceId = randomBytes(16).toString('hex');
  const add = (plan: SpanPlan, parentSpanId: string): void => {
    const startNs = BigInt(Math.round((startedAtMs + plan.startMs) * 1e6));
    const spanId = randomBytes(8).toString('hex');
    const span: OtlpSpan = {
      traceId,
      spanId,
      parentSpanId: plan.orphan ? randomBytes(8).toString('hex') : parentSpanId,
      name: plan.name,
      kind: plan.kind,
      startTimeUnixNano: startNs,
      endTimeUnixNano: startNs + BigInt(Math.round(plan.durationMs * 1e6)),
      attributes: plan.attributes as Record<string, string>,
      status: { code: plan.failed ? 2 : 0 },
    };
    spans.push(new OtlpSendable(span, plan.service, plan.scope, environment));
    for (const child of plan.children) add(child, spanId);
  };
  for (const plan of plans) add(plan, '');
  return spans;
}

class OtlpSendable implements Sendable {
  readonly #span: OtlpSpan;
  readonly #service: string;
  readonly #scope: string;
  readonly #environment: string;

  constructor(span: OtlpSpan, service: string, scope: string, environment: string) {
    this.#span = span;
    this.#service = service;
    this.#scope = scope;
    this.#environment = environment;
  }

  async send(together: readonly Sendable[], url: string): Promise<void> {
    const body = encodeTraces(
      (together as readonly OtlpSendable[]).map((it) => ({
        resource: { 'service.name': it.#service, 'deployment.environment.name': it.#environment },
        scope: { name: it.#scope },
        spans: [it.#span],
      })),
      'protobuf',
    );
    const headers = { 'content-type': 'application/x-protobuf' };
    const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: Buffer.from(body) });
    const answer = await response.text();
    // An empty answer says that nothing was rejected.
    if (!response.ok || answer !== '') throw new Error(`${response.status} ${answer}`);
  }
}
