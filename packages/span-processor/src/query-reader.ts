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
import { textOf } from './attribute-text.ts';
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

const COLLECTION_KEYS = [
  'db.collection.name',
  'db.sql.table',
  'db.mongodb.collection',
  'db.cassandra.table',
  'db.cosmosdb.container',
  'aws.dynamodb.table_names',
] as const;
const STATEMENTS_MAX = 2_000;
/** Longer texts are rarely repeated and would fill the memory. */
const REMEMBERED_CHARS_MAX = 8_192;

/** What is known of a statement by its text, as it was sent. */
interface Statement {
  readonly fingerprint: Fingerprint;
  readonly counted: boolean;
  readonly isBatch: boolean;
  readonly valuesHash: number;
}

/** Reads calls off spans, as the collector does off what it receives; remembers what it found out about each statement. */
export class QueryReader {
  readonly #fingerprints = new FingerprintCache(STATEMENTS_MAX);
  /** By system, then by text. */
  readonly #statements = new Map<string, Map<string, Statement>>();
  /** Of what is no statement: operations, URLs. One object for each, so that they can be told apart by identity. */
  readonly #named = new Map<string, Fingerprint>();

  fingerprint(queryText: string, system: string): Fingerprint {
    return this.#statement(queryText, system).fingerprint;
  }

  /**
   * The call of a span, `undefined` for any other span; and, in the same step, its statement normalised in place: no value of
   * a query leaves the process. What the values were can be read only once.
   */
  read(span: Span): Query | undefined {
    if (span.kind !== SpanKind.CLIENT) return undefined;
    const { attributes } = span;
    const system = systemOf(attributes);
    let key = 'db.query.text';
    let text = attributes[key];
    if (text === undefined || text === '') {
      key = 'db.statement';
      text = attributes[key];
    }
    if (typeof text === 'string' && text !== '') return this.#query(span, key, text, system);
    return system === '' ? this.#http(attributes) : this.#operation(attributes, system);
  }

  #query(span: Span, key: string, text: string, system: string): Query {
    const { fingerprint, counted, isBatch, valuesHash } = this.#statement(text, system);
    if (text !== fingerprint.text) span.setAttribute(key, fingerprint.text);
    return {
      fingerprint,
      system,
      summarised: false,
      counted: counted && !isPreparation(span.name),
      single: !isBatch && isSingle(span.attributes),
      valuesHash,
    };
  }

  #statement(text: string, system: string): Statement {
    let statements = this.#statements.get(system);
    if (statements === undefined) {
      if (this.#statements.size >= SYSTEMS_MAX) this.#statements.clear();
      statements = new Map();
      this.#statements.set(system, statements);
    }
    const known = statements.get(text);
    if (known !== undefined) return known;
    const fingerprint = this.#fingerprints.get(commandText(text, system), system);
    const statement = {
      fingerprint,
      counted: isQueryText(fingerprint.text, system),
      isBatch: isBatchText(text),
      valuesHash: hasAllValues(text) ? (valuesHash(text, undefined) ?? 0) : 0,
    };
    if (text.length <= REMEMBERED_CHARS_MAX) {
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statements.set(text, statement);
    }
    return statement;
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
}

/** Names of systems are few; whoever sends others without end pays in time. */
const SYSTEMS_MAX = 32;

/** As the analysis compares calls of which one stands below another. */
export function callOf({ fingerprint, system, summarised }: Query, span: Span): Call {
  return { fingerprint: fingerprint?.hex ?? '', system, summarised, scope: span.instrumentationScope.name };
}

export function hasFailed({ status, attributes }: Span): boolean {
  if (status.code === SpanStatusCode.ERROR) return true;
  const statusCode = attributes['http.response.status_code'] ?? attributes['http.status_code'];
  return statusCode !== undefined && Number(statusCode) >= 500;
}

/** Whether it asks for one thing, for the first time. */
function isSingle(attributes: Attributes): boolean {
  const batchSize = attributes['db.operation.batch.size'];
  if (batchSize !== undefined && Number(batchSize) > 1) return false;
  const resendCount = attributes['http.request.resend_count'] ?? attributes['http.resend_count'];
  return resendCount === undefined || !(Number(resendCount) > 0);
}

/** Value of `db.system.name`, '' when unknown. */
function systemOf(attributes: Attributes): string {
  const system = attributes['db.system.name'] ?? attributes['db.system'];
  return typeof system === 'string' ? system : '';
}
