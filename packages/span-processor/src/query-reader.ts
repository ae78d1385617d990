import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import {
  type Call,
  commandText,
  type Fingerprint,
  FingerprintCache,
  fingerprintOf,
  HTTP_SYSTEM,
  hasAllValues,
  isBatchText,
  isPreparation,
  isQueryText,
  operationText,
} from '@profiler/analysis';
import { numberOf, textOf } from './attribute-text.ts';
import { valuesHash } from './distinct-values.ts';
import { httpCall } from './http-call.ts';

/** What a CLIENT span asks of a database or a cache, or of a service over HTTP. */
export interface Query {
  /** `undefined` when a span of a database does not say what it asks: connecting, taking a client from a pool. */
  readonly fingerprint: Fingerprint | undefined;
  /** Value of `db.system.name`, '' when unknown; `http` for an outgoing HTTP call. */
  readonly system: string;
  /** It carries no statement; its text is its operation and collection. */
  readonly summarised: boolean;
  /** False for what steers the session (`BEGIN`, `COMMIT`, `SET`) and for what only prepares a statement. */
  readonly counted: boolean;
  /** It asks for one thing only, and is no retry. */
  readonly single: boolean;
  /** Of the values in its text, salted; 0 where they are sent apart from it. */
  readonly valuesHash: number;
}

const TEXT_KEYS = ['db.query.text', 'db.statement'] as const;
const COLLECTION_KEYS = [
  'db.collection.name',
  'db.sql.table',
  'db.mongodb.collection',
  'db.cassandra.table',
  'db.cosmosdb.container',
  'aws.dynamodb.table_names',
] as const;
const STATEMENTS_MAX = 2_000;

/** Reads calls off spans, as the collector does off what it receives; remembers what it found out about each statement. */
export class QueryReader {
  readonly #fingerprints = new FingerprintCache(STATEMENTS_MAX);
  readonly #counted = new Map<Fingerprint, boolean>();
  /** Of what is no statement: operations, URLs. One object for each, so that they can be told apart by identity. */
  readonly #named = new Map<string, Fingerprint>();

  fingerprint(queryText: string, system: string): Fingerprint {
    return this.#fingerprints.get(commandText(queryText, system), system);
  }

  /**
   * The call of a span, `undefined` for any other span; and, in the same step, its statement normalised in place: no value of
   * a query leaves the process. What the values were can be read only once.
   */
  read(span: Span): Query | undefined {
    if (span.kind !== SpanKind.CLIENT) return undefined;
    const { attributes } = span;
    const system = systemOf(attributes);
    for (const key of TEXT_KEYS) {
      const text = attributes[key];
      if (typeof text === 'string' && text !== '') return this.#query(span, key, text, system);
    }
    return system === '' ? this.#http(attributes) : this.#operation(attributes, system);
  }

  #query(span: Span, key: string, text: string, system: string): Query {
    const fingerprint = this.fingerprint(text, system);
    if (text !== fingerprint.text) span.setAttribute(key, fingerprint.text);
    return {
      fingerprint,
      system,
      summarised: false,
      counted: this.#isCounted(fingerprint, system) && !isPreparation(span.name),
      single: !isBatchText(text) && isSingle(span.attributes),
      valuesHash: hasAllValues(text) ? (valuesHash(text, undefined) ?? 0) : 0,
    };
  }

  /** What a call asks that carries no statement. */
  #operation(attributes: Attributes, system: string): Query {
    const collection = textOf(attributes, ...COLLECTION_KEYS);
    const text = operationText(system, textOf(attributes, 'db.operation.name', 'db.operation'), collection);
    const counted = text !== '' && isQueryText(text, system);
    return {
      fingerprint: counted ? this.#name(text) : undefined,
      system,
      summarised: true,
      counted,
      single: !isBatchText(text) && isSingle(attributes),
      valuesHash: 0,
    };
  }

  #http(attributes: Attributes): Query | undefined {
    const call = httpCall(attributes);
    if (call === undefined) return undefined;
    return {
      fingerprint: this.#name(call.text),
      system: HTTP_SYSTEM,
      summarised: false,
      counted: true,
      single: isSingle(attributes),
      valuesHash: call.isAllInUrl ? (valuesHash(call.url, undefined) ?? 0) : 0,
    };
  }

  #name(text: string): Fingerprint {
    let named = this.#named.get(text);
    if (named === undefined) {
      if (this.#named.size >= STATEMENTS_MAX) this.#named.clear();
      named = fingerprintOf(text);
      this.#named.set(text, named);
    }
    return named;
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

/** As the analysis compares calls of which one stands below another. */
export function callOf({ fingerprint, system, summarised }: Query, span: Span): Call {
  return { fingerprint: fingerprint?.hex ?? '', system, summarised, scope: span.instrumentationScope.name };
}

export function hasFailed({ status, attributes }: Span): boolean {
  const statusCode = numberOf(attributes, 'http.response.status_code', 'http.status_code');
  return status.code === SpanStatusCode.ERROR || statusCode >= 500;
}

function isSingle(attributes: Attributes): boolean {
  const isBatch = numberOf(attributes, 'db.operation.batch.size') > 1;
  return !isBatch && !(numberOf(attributes, 'http.request.resend_count', 'http.resend_count') > 0);
}

/** Value of `db.system.name`, '' when unknown. */
function systemOf(attributes: Attributes): string {
  return textOf(attributes, 'db.system.name', 'db.system');
}
