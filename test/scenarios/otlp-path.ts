import { randomBytes } from 'node:crypto';
import type { OtlpSpan, ResourceSpans } from '../support/otlp.ts';
import type { SpanPlan } from './span-plan.ts';

/** Spans as any SDK exports them, which the collector derives from; each with the resource and scope that it is sent with. */
export function otlpSpans(plans: readonly SpanPlan[], environment: string, startedAtMs: number): ResourceSpans[] {
  const spans: ResourceSpans[] = [];
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
      attributes: plan.attributes,
      status: { code: plan.failed ? 2 : 0 },
    };
    const resource = { 'service.name': plan.service, 'deployment.environment.name': environment };
    spans.push({ resource, scope: { name: plan.scope }, spans: [span] });
    for (const child of plan.children) add(child, spanId);
  };
  for (const plan of plans) add(plan, '');
  return spans;
}
