import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import { type Fingerprint, FingerprintCache, isQueryText } from '@profiler/analysis';

/** What a DB CLIENT span asks of its database. */
export interface Query {
  readonly fingerprint: Fingerprint;
  /** Value of `db.system.name`, '' when unknown. */
  readonly system: string;
  /** False for what steers the session: `BEGIN`, `COMMIT`, `SET`. */
  readonly counted: boolean;
}

/** The statement as the instrumentation wrote it; `undefined` when there is none. */
export function queryTextOf(attributes: Attributes): string | undefined {
  const text = attributes['db.query.text'] ?? attributes['db.statement'];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

const TEXT_KEYS = ['db.query.text', 'db.statement'] as const;
const STATEMENTS_MAX = 2_000;

/** Reads queries off spans; remembers what it found out about each statement. */
export class QueryReader {
  readonly #fingerprints = new FingerprintCache(STATEMENTS_MAX);
  readonly #counted = new Map<Fingerprint, boolean>();

  fingerprint(queryText: string, system: string): Fingerprint {
    return this.#fingerprints.get(queryText, system);
  }

  /**
   * The query of a span, and, in the same step, its text normalised in place: no value of a query leaves the process.
   * `undefined` for any other span, connecting and taking a client from a pool included, which carry no text.
   */
  read(span: Span): Query | undefined {
    if (span.kind !== SpanKind.CLIENT) return undefined;
    const { attributes } = span;
    for (const key of TEXT_KEYS) {
      const text = attributes[key];
      if (typeof text !== 'string' || text === '') continue;
      const system = systemOf(attributes);
      const fingerprint = this.#fingerprints.get(text, system);
      if (text !== fingerprint.text) span.setAttribute(key, fingerprint.text);
      return { fingerprint, system, counted: this.#isCounted(fingerprint, system) };
    }
    return undefined;
  }

  #isCounted(fingerprint: Fingerprint, system: string): boolean {
    let counted = this.#counted.get(fingerprint);
    if (counted === undefined) {
      counted = isQueryText(fingerprint.text, system);
      if (this.#counted.size >= STATEMENTS_MAX) this.#counted.clear();
      this.#counted.set(fingerprint, counted);
    }
    return counted;
  }
}

/** Value of `db.system.name`, '' when unknown. */
export function systemOf(attributes: Attributes): string {
  const system = attributes['db.system.name'] ?? attributes['db.system'];
  return typeof system === 'string' ? system : '';
}
