import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

/**
 * The sampler that `OTEL_TRACES_SAMPLER` names, around which every span is recorded all the same: the processor sees each
 * request and query, and the sampler decides only whose spans are exported one by one.
 */
export function createSampler(): Sampler {
  const name = process.env.OTEL_TRACES_SAMPLER?.trim() || 'parentbased_always_on';
  const root = rootSampler(name.replace('parentbased_', ''));
  return createAlwaysRecordSampler(name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root);
}

function rootSampler(name: string): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  if (name === 'traceidratio')
    return new TraceIdRatioBasedSampler(Number(process.env.OTEL_TRACES_SAMPLER_ARG?.trim() || 1));
  return new AlwaysOnSampler();
}
