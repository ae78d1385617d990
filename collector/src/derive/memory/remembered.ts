import type { StoredLogException, StoredSpan } from '../stored-trace.ts';
import { FLAG, type RowColumns } from './row-columns.ts';
import { hexOfWord, spanIdOf } from './span-id.ts';
import type { TextTable } from './text-table.ts';

interface Origin {
  readonly scope: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
}
interface Endpoint {
  readonly method: string;
  readonly route: string;
}
interface Query {
  readonly dbSystem: string;
  readonly queryText: string;
  readonly fingerprint: string;
}
interface Extra {
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly exceptionStacktrace: string;
  readonly entrySpanId: string;
  readonly loopPath: string;
}

/** Rows in memory as the derivation reads them. What many rows share is made once. */
export class Remembered {
  readonly #rows: RowColumns;
  readonly #texts: TextTable;
  #origins: Origin[] = [];
  #endpoints: Endpoint[] = [];
  #queries: Query[] = [];
  #extras: Extra[] = [];

  constructor(rows: RowColumns, texts: TextTable) {
    this.#rows = rows;
    this.#texts = texts;
    this.forget();
  }

  /** The numbers of texts were given out anew. */
  forget(): void {
    this.#origins = [];
    this.#endpoints = [];
    this.#queries = [];
    this.#extras = [];
    this.#queries[0] = { dbSystem: '', queryText: '', fingerprint: '' };
    this.#endpoints[0] = { method: '', route: '' };
    this.#extras[0] = {
      exceptionType: '',
      exceptionMessage: '',
      exceptionStacktrace: '',
      entrySpanId: '',
      loopPath: '',
    };
  }

  span(row: number): StoredSpan {
    const { spanId, parentSpanId, durationNs, name, origin, endpoint, query, extra, timestamp, flags } = this.#rows;
    const valuesHash = this.#rows.valuesHash[row]!;
    const parentHigh = parentSpanId[row * 2]!;
    const parentLow = parentSpanId[row * 2 + 1]!;
    return new RememberedSpan(
      spanIdOf(spanId[row * 2]!, spanId[row * 2 + 1]!),
      parentHigh === 0 && parentLow === 0 ? '' : spanIdOf(parentHigh, parentLow),
      flags[row]!,
      durationNs[row]!,
      valuesHash,
      this.#texts.text(name[row]!),
      timestamp[row * 2 + 1]!,
      timestamp[row * 2]!,
      this.#origins[origin[row]!] ?? this.#originOf(origin[row]!),
      this.#endpoints[endpoint[row]!] ?? this.#endpointOf(endpoint[row]!),
      this.#queries[query[row]!] ?? this.#queryOf(query[row]!),
      this.#extras[extra[row]!] ?? this.#extraOf(extra[row]!),
    );
  }

  log(row: number): StoredLogException {
    const { spanId, origin, extra, timestamp, flags } = this.#rows;
    const { exceptionType, exceptionMessage, exceptionStacktrace } =
      this.#extras[extra[row]!] ?? this.#extraOf(extra[row]!);
    const { service, environment, version } = this.#origins[origin[row]!] ?? this.#originOf(origin[row]!);
    const high = spanId[row * 2]!;
    const low = spanId[row * 2 + 1]!;
    return {
      spanId: high === 0 && low === 0 ? '' : spanIdOf(high, low),
      timeUnixNano: nanoOf(timestamp[row * 2 + 1]!, timestamp[row * 2]!),
      service,
      environment,
      version,
      exceptionType,
      exceptionMessage,
      exceptionStacktrace,
      settled: (flags[row]! & FLAG.settled) !== 0,
    };
  }

  #originOf(id: number): Origin {
    const [service, environment, version] = [this.#text(id, 0), this.#text(id, 1), this.#text(id, 2)];
    const origin = { service, environment, version, scope: this.#text(id, 3) };
    this.#origins[id] = origin;
    return origin;
  }

  #endpointOf(id: number): Endpoint {
    const endpoint = { method: this.#text(id, 0), route: this.#text(id, 1) };
    this.#endpoints[id] = endpoint;
    return endpoint;
  }

  #queryOf(id: number): Query {
    const high = this.#texts.member(id, 2);
    const low = this.#texts.member(id, 3);
    const fingerprint = high === 0 && low === 0 ? '' : hexOfWord(high) + hexOfWord(low);
    const query = { dbSystem: this.#text(id, 0), queryText: this.#text(id, 1), fingerprint };
    this.#queries[id] = query;
    return query;
  }

  #extraOf(id: number): Extra {
    const high = this.#texts.member(id, 3);
    const low = this.#texts.member(id, 4);
    const extra = {
      exceptionType: this.#text(id, 0),
      exceptionMessage: this.#text(id, 1),
      exceptionStacktrace: this.#text(id, 2),
      entrySpanId: high === 0 && low === 0 ? '' : spanIdOf(high, low),
      loopPath: this.#text(id, 5),
    };
    this.#extras[id] = extra;
    return extra;
  }

  #text(id: number, member: number): string {
    return this.#texts.text(this.#texts.member(id, member));
  }
}

/** What is read of every span stands in it; what is read of few is looked up when it is. */
class RememberedSpan implements StoredSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly durationNs: number;
  readonly valuesHash: number;
  readonly name: string;
  readonly entry: boolean;
  readonly folded: boolean;
  readonly instrumented: boolean;
  readonly fingerprint: string;
  readonly entrySpanId: string;
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly #flags: number;
  readonly #startHigh: number;
  readonly #startLow: number;
  readonly #origin: Origin;
  readonly #endpoint: Endpoint;
  readonly #query: Query;
  readonly #extra: Extra;

  constructor(
    spanId: string,
    parentSpanId: string,
    flags: number,
    durationNs: number,
    valuesHash: number,
    name: string,
    startHigh: number,
    startLow: number,
    origin: Origin,
    endpoint: Endpoint,
    query: Query,
    extra: Extra,
  ) {
    this.spanId = spanId;
    this.parentSpanId = parentSpanId;
    this.durationNs = durationNs;
    this.valuesHash = valuesHash;
    this.name = name;
    this.entry = (flags & FLAG.entry) !== 0;
    this.folded = (flags & FLAG.folded) !== 0;
    this.instrumented = (flags & FLAG.instrumented) !== 0;
    this.fingerprint = query.fingerprint;
    this.entrySpanId = extra.entrySpanId;
    this.exceptionType = extra.exceptionType;
    this.exceptionMessage = extra.exceptionMessage;
    this.#flags = flags;
    this.#startHigh = startHigh;
    this.#startLow = startLow;
    this.#origin = origin;
    this.#endpoint = endpoint;
    this.#query = query;
    this.#extra = extra;
  }

  get kind(): number {
    return this.#flags & FLAG.kind;
  }
  get ignored(): boolean {
    return (this.#flags & FLAG.ignored) !== 0;
  }
  get repeatable(): boolean {
    return (this.#flags & FLAG.repeatable) !== 0;
  }
  get summarised(): boolean {
    return (this.#flags & FLAG.summarised) !== 0;
  }
  get scope(): string {
    return this.#origin.scope;
  }
  get startTimeUnixNano(): string {
    return nanoOf(this.#startHigh, this.#startLow);
  }
  get service(): string {
    return this.#origin.service;
  }
  get environment(): string {
    return this.#origin.environment;
  }
  get version(): string {
    return this.#origin.version;
  }
  get method(): string {
    return this.#endpoint.method;
  }
  get route(): string {
    return this.#endpoint.route;
  }
  get dbSystem(): string {
    return this.#query.dbSystem;
  }
  get queryText(): string {
    return this.#query.queryText;
  }
  get loopPath(): string {
    return this.#extra.loopPath;
  }
  get exceptionStacktrace(): string {
    return this.#extra.exceptionStacktrace;
  }
}

function nanoOf(high: number, low: number): string {
  return String((BigInt(high) << 32n) | BigInt(low));
}
