import { calledUrl, fingerprintOf, HTTP_SYSTEM, hash64, isPreparation, operationText } from '@profiler/analysis';
import { SLOT } from './attribute-keys.ts';
import { VALUE_KIND } from './attribute-value.ts';
import { ByteInterner } from './byte-interner.ts';
import { cutText, EMPTY_TEXT, EncodedText } from './encoded-text.ts';
import type { HttpPath } from './http-path.ts';
import { TEXT_BYTES_MAX } from './limits.ts';
import type { QueryText, QueryTexts } from './query-text.ts';
import type { SpanFields } from './span-fields.ts';
import type { WireReader } from './wire-reader.ts';

const KIND_CLIENT = 3;
/** Bits of `spans.call_flags`. */
export const CALL_FLAG = { batch: 1, summarised: 2, again: 4 } as const;

const SYSTEM = new EncodedText(HTTP_SYSTEM);
/** What these ask for is all in their URL. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a span asks of another process, read off a client's span, by the first that is there:
 *
 *     db.query.text, db.statement              a query, by its statement
 *     db.operation.name, db.collection.name    a query without one, of a system whose commands are no SQL
 *     url.full, or server.address and path     an outgoing HTTP call, unless it is one of a database
 *
 * A text is stored normalised whatever the span is; only a client's call has a fingerprint.
 */
export class ClientCall {
  system = EMPTY_TEXT;
  text = EMPTY_TEXT;
  high = 0;
  low = 0;
  flags = 0;
  valuesHash = 0;
  private readonly systems = new ByteInterner((text) => new EncodedText(text.slice(0, 64)), 64, 64);
  private readonly preparations = new ByteInterner(isPreparation, 1_024, 256);
  private readonly urls = new ByteInterner(calledText, 4_096, 512);
  private readonly queryTexts: QueryTexts;

  constructor(queryTexts: QueryTexts) {
    this.queryTexts = queryTexts;
  }

  read(reader: WireReader, fields: SpanFields, path: HttpPath): void {
    const { slots, kind } = fields;
    const system = slots[SLOT.dbSystem]!;
    this.system = system.kind === VALUE_KIND.string ? this.systems.get(reader, system.start, system.end) : EMPTY_TEXT;
    this.text = EMPTY_TEXT;
    this.high = this.low = this.flags = this.valuesHash = 0;
    const statement = slots[SLOT.queryText]!;
    if (statement.kind === VALUE_KIND.string && statement.end > statement.start) {
      const query = this.queryTexts.get(reader, statement.start, statement.end, this.system.text);
      this.text = query.stored;
      if (kind === KIND_CLIENT && query.isQuery && !this.isPreparation(reader, fields)) this.take(query);
    } else if (kind !== KIND_CLIENT) return;
    else if (this.system.text !== '') this.readOperation(reader, fields);
    else if (slots[SLOT.method]!.kind === VALUE_KIND.string) this.readHttp(reader, fields, path);
    if (this.high === 0 && this.low === 0) return;
    // Of a text that was normalised in the app, only the app can say so.
    const isBatch = slots[SLOT.batch]!.kind === VALUE_KIND.bool && slots[SLOT.batch]!.low === 1;
    if (isBatch || slots[SLOT.batchSize]!.number() > 1) this.flags |= CALL_FLAG.batch;
    if (slots[SLOT.resendCount]!.number() > 0) this.flags |= CALL_FLAG.again;
  }

  private take(query: QueryText): void {
    this.text = query.stored;
    this.high = query.high;
    this.low = query.low;
    this.valuesHash = query.valuesHash;
    if (query.isBatch) this.flags |= CALL_FLAG.batch;
  }

  private isPreparation(reader: WireReader, { nameStart, nameEnd }: SpanFields): boolean {
    return this.preparations.get(reader, nameStart, Math.min(nameEnd, nameStart + 256));
  }

  private readOperation(reader: WireReader, { slots }: SpanFields): void {
    const operation = slots[SLOT.operation]!.text(reader).slice(0, 64);
    // A list of one table, as DynamoDB's, is that table.
    const collection = slots[SLOT.collection]!.text(reader)
      .slice(0, 256)
      .replace(/[[\]"]/g, '');
    const text = operationText(this.system.text, operation, collection);
    if (text === '') return;
    const query = this.queryTexts.named(text);
    if (!this.queryTexts.of(text, this.system.text).isQuery) return;
    this.take(query);
    this.flags |= CALL_FLAG.summarised;
  }

  private readHttp(reader: WireReader, { slots }: SpanFields, path: HttpPath): void {
    const method = slots[SLOT.method]!.text(reader).slice(0, 32);
    const url = slots[SLOT.httpUrl]!;
    const template = slots[SLOT.urlTemplate]!.text(reader).slice(0, 256);
    let call: CalledText;
    if (url.kind === VALUE_KIND.string && url.end > url.start) {
      const end = Math.min(url.end, url.start + TEXT_BYTES_MAX);
      call = this.urls.get(reader, url.start, end, `${method} ${template}`);
    } else {
      const host = slots[SLOT.serverAddress]!.text(reader).slice(0, 256);
      if (host === '' || path.end <= path.start) return;
      const end = Math.min(path.end, path.start + TEXT_BYTES_MAX);
      call = calledText(host + reader.bytes.toString('utf8', path.start, end), `${method} ${template}`);
    }
    if (call.text.text === '') return;
    this.system = SYSTEM;
    this.text = call.text;
    this.high = call.high;
    this.low = call.low;
    this.valuesHash = call.valuesHash;
  }
}

interface CalledText {
  readonly text: EncodedText;
  readonly high: number;
  readonly low: number;
  readonly valuesHash: number;
}

/** @param how method and template, parted by a space */
function calledText(url: string, how: string): CalledText {
  const space = how.indexOf(' ');
  const method = how.slice(0, space);
  const text = cutText(calledUrl(method, url, how.slice(space + 1)), TEXT_BYTES_MAX);
  const { high, low } = text === '' ? { high: 0, low: 0 } : fingerprintOf(text);
  const valuesHash = SAFE_METHODS.has(method.toUpperCase()) ? hash64(url).low || 1 : 0;
  return { text: new EncodedText(text), high, low, valuesHash };
}
