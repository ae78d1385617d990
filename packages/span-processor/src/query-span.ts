import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import { type Fingerprint, type FingerprintCache, isQueryText } from '@profiler/analysis';

/** What a DB CLIENT span asks of its database. */
export interface Query {
  readonly fingerprint: Fingerprint;
  /** Value of `db.system.name`, '' when unknown. */
  readonly system: string;
  /** False for what steers the session: `BEGIN`, `COMMIT`, `SET`. */
  readonly counted: boolean;
}

const TEXT_KEYS = ['db.query.text', 'db.statement'] as const;

/**
 * The query of a span, and, in the same step, its text normalised in place: no value of a query leaves the process.
 * `undefined` for any other span, connecting and taking a client from a pool included, which carry no text.
 */
export function normalizeQuerySpan(span: Span, fingerprints: FingerprintCache): Query | undefined {
  if (span.kind !== SpanKind.CLIENT) return undefined;
  const { attributes } = span;
  for (const key of TEXT_KEYS) {
    const text = attributes[key];
    if (typeof text !== 'string' || text === '') continue;
    const system = systemOf(attributes);
    const fingerprint = fingerprints.get(text, system);
    if (text !== fingerprint.text) span.setAttribute(key, fingerprint.text);
    return { fingerprint, system, counted: isQueryText(fingerprint.text, system) };
  }
  return undefined;
}

function systemOf(attributes: Attributes): string {
  const system = attributes['db.system.name'] ?? attributes['db.system'];
  return typeof system === 'string' ? system : '';
}
