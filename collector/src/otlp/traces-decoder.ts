import { DecodeCounts } from './decode-counts.ts';
import type { DecodeSettings } from './decode-settings.ts';
import type { Decoded } from './decoded.ts';
import { DecodedBlocks } from './decoded-blocks.ts';
import { EndpointCap } from './endpoint-cap.ts';
import { EntryTables } from './entry-tables.ts';
import { IgnoredPaths } from './ignored-paths.ts';
import { NativeBlock } from './native-block.ts';
import { QueryTexts } from './query-text.ts';
import { rejectionOf } from './rejection.ts';
import { ScopeRun } from './scope-run.ts';
import { SpanContext } from './span-context.ts';
import { SpanFields } from './span-fields.ts';
import { SpanRow } from './span-row.ts';
import type { Steps } from './steps.ts';
import { TimeWindow } from './time-window.ts';
import { WireReader } from './wire-reader.ts';

/**
 * Turns an ExportTraceServiceRequest into Native blocks in one pass over its bytes, without an object per span, in steps
 * that a large request can pause between.
 *
 *     resource_spans 1
 *       resource 1           read first, wherever it stands: every span of the group needs it
 *       scope_spans 2
 *         scope 1            likewise
 *         spans 2            each a row of `spans`; an entry span of an instrumented app also rows of
 *                            `request_queries` and `exceptions`
 *
 * A span that is invalid by itself is rejected alone; bytes that are no such message are a `DecodeError`, and then
 * nothing of the request is kept.
 */
export class TracesDecoder {
  private readonly settings: DecodeSettings;
  private readonly endpointCap: EndpointCap;
  private readonly row: SpanRow;
  private readonly tables: EntryTables;
  private readonly reader = new WireReader();
  private readonly fields = new SpanFields();
  private readonly spans = new NativeBlock('spans');
  private readonly requestQueries = new NativeBlock('request_queries');
  private readonly exceptions = new NativeBlock('exceptions');
  private readonly run = new ScopeRun();
  private readonly context: SpanContext;
  private blocks = new DecodedBlocks();
  private received = 0;

  /** @param endpointCap shared by all decoders of a collector */
  constructor(settings: DecodeSettings, endpointCap = new EndpointCap()) {
    this.settings = settings;
    this.endpointCap = endpointCap;
    this.context = new SpanContext(endpointCap.of('', 0));
    const queryTexts = new QueryTexts();
    this.tables = new EntryTables(queryTexts);
    this.row = new SpanRow({
      queryTexts,
      ignoredPaths: new IgnoredPaths(settings.ignoredPaths),
      endpointCap,
      slowRequestThresholdMs: settings.slowRequestThresholdMs,
    });
  }

  /** One request at a time: the steps of one are all taken, or given up, before the next begins. @throws DecodeError */
  *decode(body: Buffer): Steps<Decoded> {
    const { reader, context } = this;
    const nowMs = (this.settings.now ?? Date.now)();
    const window = new TimeWindow(nowMs, this.settings.retentionDays);
    context.counts = new DecodeCounts();
    this.received = 0;
    this.blocks = new DecodedBlocks();
    for (const block of [this.spans, this.requestQueries, this.exceptions]) block.clear();
    reader.open(body);
    context.pace.begin(0);
    while (reader.more()) {
      if (reader.tag() === 10) {
        const outer = reader.enterParts();
        yield* this.readResourceSpans(nowMs, window);
        reader.leave(outer);
      } else reader.skip();
      if (context.pace.isDue(reader.at)) yield;
    }
    this.blocks.take(this.spans);
    this.blocks.take(this.requestQueries);
    this.blocks.take(this.exceptions);
    reader.open(NOTHING);
    const { blocks } = this;
    return {
      signal: 'traces',
      blocks: blocks.blocks,
      received: this.received,
      counts: context.counts,
      release: () => blocks.release(),
    };
  }

  private *readResourceSpans(nowMs: number, window: TimeWindow): Steps {
    const { reader, context } = this;
    yield* context.resource.read(reader, context.counts);
    context.endpoints = this.endpointCap.of(context.resource.service.text, nowMs);
    while (reader.more()) {
      if (reader.tag() === 18) {
        const outer = reader.enterParts();
        yield* this.readScopeSpans(window);
        reader.leave(outer);
      } else reader.skip();
      if (context.pace.isDue(reader.at)) yield;
    }
  }

  private *readScopeSpans(window: TimeWindow): Steps {
    const { reader, context, run } = this;
    yield* context.readScope(reader);
    run.begin(this.spans);
    while (reader.more()) {
      if (reader.tag() === 18) {
        const start = reader.at;
        this.received++;
        this.fields.begin(reader);
        while (!this.readFields()) {
          yield;
          context.pace.begin(reader.at);
        }
        if (this.writeSpan(window)) {
          yield* this.writeTables();
          const rowBytes = reader.at - start + run.rowBytes(context);
          if (this.blocks.isFull(this.spans, rowBytes, run.bytes(this.spans, context))) {
            this.takeSpans();
            yield;
          }
        }
      } else reader.skip();
      if (context.pace.isDue(reader.at)) yield;
    }
    run.end(this.spans, context);
  }

  /** Reads the span's fields for one step. @returns whether it is through */
  private readFields(): boolean {
    const { reader, context } = this;
    return this.fields.readUntil(context.pace.pauseAt, reader, this.spans.columns.attributes, context.counts);
  }

  /** @returns false when the span is rejected */
  private writeSpan(window: TimeWindow): boolean {
    const { reader, fields, context } = this;
    const reason = rejectionOf(fields, reader.bytes, window);
    if (reason !== undefined) {
      context.counts.rejected[reason]++;
      this.spans.columns.attributes.rollback();
      return false;
    }
    this.row.write(this.spans, reader, fields, context);
    return true;
  }

  private *writeTables(): Steps {
    const { reader, fields, row, context, blocks } = this;
    if (!row.entry || !row.instrumented || row.ignored) return;
    yield* this.tables.writeQueries(blocks, this.requestQueries, reader, fields, row, context);
    yield* this.tables.writeExceptions(blocks, this.exceptions, reader, fields, row, context);
  }

  private takeSpans(): void {
    this.run.end(this.spans, this.context);
    this.blocks.take(this.spans);
    this.run.begin(this.spans);
  }
}

const NOTHING = Buffer.alloc(0);
