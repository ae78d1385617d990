import { exceptionKey } from '@profiler/analysis';
import { ArrayCursor } from './array-cursor.ts';
import { SLOT, type Slot } from './attribute-keys.ts';
import { AttributeValue, VALUE_KIND } from './attribute-value.ts';
import { ByteInterner } from './byte-interner.ts';
import { type CallSite, parseCallSite } from './call-site.ts';
import type { DecodedBlocks } from './decoded-blocks.ts';
import { EMPTY_TEXT, EncodedText } from './encoded-text.ts';
import { NAME_BYTES_MAX, TABLE_EXCEPTIONS_MAX, TABLE_ROWS_MAX, TEXT_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import type { NativeBlock } from './native-block.ts';
import type { QueryTexts } from './query-text.ts';
import type { SpanContext } from './span-context.ts';
import type { SpanFields } from './span-fields.ts';
import type { SpanRow } from './span-row.ts';
import type { Steps } from './steps.ts';
import type { WireReader } from './wire-reader.ts';

const QUERY_SLOTS: readonly Slot[] = [
  SLOT.tableText,
  SLOT.tableSystem,
  SLOT.tableLoopPath,
  SLOT.tableCount,
  SLOT.tableDurationNs,
  SLOT.tableDurationMaxNs,
  SLOT.tableCallSite,
  SLOT.tableDistinctValues,
  SLOT.tableRepeats,
];
const EXCEPTION_SLOTS: readonly Slot[] = [SLOT.exceptionType, SLOT.exceptionMessage, SLOT.exceptionStacktrace];

/**
 * The tables that our span processor leaves on an entry span, as parallel arrays, become rows of their own: one request
 * query a row of `profiler.query.*`, one exception a row of `profiler.exception.*`. The arrays are read in step, so a
 * missing or short one leaves its column empty.
 */
export class EntryTables {
  private readonly cursors = QUERY_SLOTS.map(() => new ArrayCursor());
  private readonly cells = QUERY_SLOTS.map(() => new AttributeValue());
  private readonly queryTexts: QueryTexts;
  private readonly systems = new ByteInterner((text) => new EncodedText(text.slice(0, 64)), 64, 64);
  private readonly callSites = new ByteInterner<CallSite>(parseCallSite, 1_024);

  constructor(queryTexts: QueryTexts) {
    this.queryTexts = queryTexts;
  }

  *writeQueries(
    blocks: DecodedBlocks,
    block: NativeBlock<'request_queries'>,
    reader: WireReader,
    fields: SpanFields,
    { endpoint, durationHigh, durationLow }: SpanRow,
    { resource, counts }: SpanContext,
  ): Steps {
    const { columns } = block;
    this.open(reader, fields, QUERY_SLOTS);
    const [text, system, loopPath, count, durationNs, durationMaxNs, callSite, distinctValues, repeats] = this
      .cells as Cells;
    for (let row = 0; row < TABLE_ROWS_MAX && this.next(reader, QUERY_SLOTS.length); row++) {
      const calls = Math.min(count.number(), 0xffff_ffff);
      if (text.kind !== VALUE_KIND.string || !(calls >= 1)) continue;
      columns.timestamp.u64(fields.startHigh, fields.startLow);
      columns.trace_id.hex(reader, fields.traceIdStart, fields.traceIdEnd);
      columns.entry_span_id.hex(reader, fields.spanIdStart, fields.spanIdEnd);
      columns.source.encoded(SOURCE_ENTRY);
      columns.service.encoded(resource.service);
      columns.environment.encoded(resource.environment);
      columns.version.encoded(resource.version);
      columns.method.encoded(endpoint.method);
      columns.route.encoded(endpoint.route);
      columns.request_duration_ns.u64(durationHigh, durationLow);
      const dbSystem =
        system.kind === VALUE_KIND.string ? this.systems.get(reader, system.start, system.end) : EMPTY_TEXT;
      const query = this.queryTexts.get(reader, text.start, text.end, dbSystem.text);
      columns.fingerprint.u64(query.high, query.low);
      loopPath.write(reader, columns.loop_path, TEXT_BYTES_MAX, counts);
      columns.db_system.encoded(dbSystem);
      columns.query_text.encoded(query.stored);
      columns.calls.u32(calls);
      // A processor of before there were repeats counts none.
      columns.repeats.u32(repeats.kind === VALUE_KIND.none ? calls : Math.max(0, Math.min(repeats.number(), calls)));
      writeNanoseconds(columns.duration_ns, durationNs);
      writeNanoseconds(columns.duration_ns_max, durationMaxNs);
      const site =
        callSite.kind === VALUE_KIND.string ? this.callSites.get(reader, callSite.start, callSite.end) : NOWHERE;
      columns.code_file_path.string(site.filePath, NAME_BYTES_MAX, counts);
      columns.code_line_number.u32(site.lineNumber);
      columns.code_function_name.string(site.functionName, NAME_BYTES_MAX, counts);
      const distinct = distinctValues.number();
      columns.distinct_values.u32(distinct >= 0 ? Math.min(distinct, 0x7fff_ffff) : -1);
      block.endRow();
      if (blocks.isFull(block)) blocks.take(block);
      yield;
    }
  }

  *writeExceptions(
    blocks: DecodedBlocks,
    block: NativeBlock<'exceptions'>,
    reader: WireReader,
    fields: SpanFields,
    { endpoint }: SpanRow,
    { resource, counts }: SpanContext,
  ): Steps {
    const { columns } = block;
    this.open(reader, fields, EXCEPTION_SLOTS);
    const [type, message, stacktrace] = this.cells as Cells;
    for (let row = 0; row < TABLE_EXCEPTIONS_MAX && this.next(reader, EXCEPTION_SLOTS.length); row++) {
      const key = exceptionKey(resource.service.text, type.text(reader), message.text(reader));
      columns.timestamp.u64(fields.startHigh, fields.startLow);
      columns.trace_id.hex(reader, fields.traceIdStart, fields.traceIdEnd);
      columns.occurrence_id.hex(reader, fields.spanIdStart, fields.spanIdEnd);
      columns.exception_key.u64(Number.parseInt(key.slice(0, 8), 16), Number.parseInt(key.slice(8), 16));
      columns.service.encoded(resource.service);
      columns.environment.encoded(resource.environment);
      columns.version.encoded(resource.version);
      columns.method.encoded(endpoint.method);
      columns.route.encoded(endpoint.route);
      type.write(reader, columns.exception_type, NAME_BYTES_MAX, counts);
      message.write(reader, columns.exception_message, TEXT_BYTES_MAX, counts);
      stacktrace.write(reader, columns.exception_stacktrace, VALUE_BYTES_MAX, counts);
      block.endRow();
      if (blocks.isFull(block)) blocks.take(block);
      yield;
    }
  }

  private open(reader: WireReader, fields: SpanFields, slots: readonly Slot[]): void {
    for (let index = 0; index < slots.length; index++) this.cursors[index]!.open(reader, fields.slots[slots[index]!]!);
  }

  /** Moves all cursors to the next row; the first of them says whether there is one. */
  private next(reader: WireReader, width: number): boolean {
    if (!this.cursors[0]!.next(reader, this.cells[0]!)) return false;
    for (let index = 1; index < width; index++) this.cursors[index]!.next(reader, this.cells[index]!);
    return true;
  }
}

type Cells = [
  AttributeValue,
  AttributeValue,
  AttributeValue,
  AttributeValue,
  AttributeValue,
  AttributeValue,
  AttributeValue,
  AttributeValue,
  AttributeValue,
];

const NOWHERE = parseCallSite('');
const SOURCE_ENTRY = new EncodedText('entry');

/** A count of nanoseconds; what is negative or no whole number counts as 0. */
function writeNanoseconds(column: { u64(high: number, low: number): void }, value: AttributeValue): void {
  if (value.kind === VALUE_KIND.int && value.high < 0x8000_0000) column.u64(value.high, value.low);
  else column.u64(0, 0);
}
