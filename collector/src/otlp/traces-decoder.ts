import { DecodeCounts } from './decode-counts.ts';
import type { DecodeSettings } from './decode-settings.ts';
import type { Decoded, DecodedBlock } from './decoded.ts';
import { EndpointCap } from './endpoint-cap.ts';
import { EntryTables } from './entry-tables.ts';
import { IgnoredPaths } from './ignored-paths.ts';
import { NativeBlock } from './native-block.ts';
import { QueryTexts } from './query-text.ts';
import { rejectionOf } from './rejection.ts';
import { ResourceContext } from './resource-context.ts';
import { readScope, type SpanContext } from './span-context.ts';
import { SpanFields } from './span-fields.ts';
import { SpanRow } from './span-row.ts';
import { TimeWindow } from './time-window.ts';
import { WireReader } from './wire-reader.ts';

/**
 * Turns an ExportTraceServiceRequest into Native blocks in one pass over its bytes, without an object per span.
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
  private readonly endpointCap = new EndpointCap();
  private readonly row: SpanRow;
  private readonly tables: EntryTables;
  private readonly reader = new WireReader();
  private readonly fields = new SpanFields();
  private readonly spans = new NativeBlock('spans');
  private readonly requestQueries = new NativeBlock('request_queries');
  private readonly exceptions = new NativeBlock('exceptions');
  private readonly context: SpanContext;
  private received = 0;

  constructor(settings: DecodeSettings) {
    this.settings = settings;
    this.context = {
      resource: new ResourceContext(),
      endpoints: this.endpointCap.of('', 0),
      scopeStart: 0,
      scopeEnd: 0,
      counts: new DecodeCounts(),
    };
    const queryTexts = new QueryTexts();
    this.tables = new EntryTables(queryTexts);
    this.row = new SpanRow({
      queryTexts,
      ignoredPaths: new IgnoredPaths(settings.ignoredPaths),
      endpointCap: this.endpointCap,
      slowRequestThresholdMs: settings.slowRequestThresholdMs,
    });
  }

  /** @throws DecodeError */
  decode(body: Buffer): Decoded {
    const { reader, context } = this;
    const nowMs = (this.settings.now ?? Date.now)();
    const window = new TimeWindow(nowMs, this.settings.retentionDays);
    context.counts = new DecodeCounts();
    this.received = 0;
    this.clear();
    reader.open(body);
    while (reader.more()) {
      if (reader.tag() !== 10) {
        reader.skip();
        continue;
      }
      const outer = reader.enter();
      this.readResourceSpans(nowMs, window);
      reader.leave(outer);
    }
    const blocks: DecodedBlock[] = [];
    for (const [table, block] of this.blocks()) {
      const bytes = block.finish();
      if (bytes !== undefined) blocks.push({ table, rows: block.rows, bytes });
    }
    return { signal: 'traces', blocks, received: this.received, counts: context.counts };
  }

  private readResourceSpans(nowMs: number, window: TimeWindow): void {
    const { reader, context } = this;
    context.resource.read(reader, context.counts);
    context.endpoints = this.endpointCap.of(context.resource.service, nowMs);
    while (reader.more()) {
      if (reader.tag() !== 18) {
        reader.skip();
        continue;
      }
      const outer = reader.enter();
      readScope(reader, context);
      while (reader.more()) {
        if (reader.tag() === 18) this.readSpan(window);
        else reader.skip();
      }
      reader.leave(outer);
    }
  }

  private readSpan(window: TimeWindow): void {
    const { reader, fields, row, context } = this;
    const { attributes } = this.spans.columns;
    this.received++;
    fields.read(reader, attributes, context.counts);
    const reason = rejectionOf(fields, reader.bytes, window);
    if (reason !== undefined) {
      context.counts.rejected[reason]++;
      attributes.rollback();
      return;
    }
    row.write(this.spans, reader, fields, context);
    if (!row.entry || !row.instrumented || row.ignored) return;
    this.tables.writeQueries(this.requestQueries, reader, fields, row, context);
    this.tables.writeExceptions(this.exceptions, reader, fields, row, context);
  }

  private clear(): void {
    for (const [, block] of this.blocks()) block.clear();
  }

  private blocks() {
    return [
      ['spans', this.spans],
      ['request_queries', this.requestQueries],
      ['exceptions', this.exceptions],
    ] as const;
  }
}
