import { exceptionKey, logOccurrenceId } from '@profiler/analysis';
import { DecodeCounts } from './decode-counts.ts';
import type { DecodeSettings } from './decode-settings.ts';
import type { Decoded } from './decoded.ts';
import { DecodedBlocks } from './decoded-blocks.ts';
import { NAME_BYTES_MAX, TEXT_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import { LogFields } from './log-fields.ts';
import { NativeBlock } from './native-block.ts';
import { isId } from './rejection.ts';
import { ResourceContext } from './resource-context.ts';
import { Pace, type Steps } from './steps.ts';
import { TimeWindow } from './time-window.ts';
import { WireReader } from './wire-reader.ts';

/**
 * Takes the exceptions out of an ExportLogsServiceRequest. One inside a trace waits in `log_exceptions` until the trace
 * is derived; one outside any trace stands for itself in `exceptions`. Other records are accepted, counted and not
 * stored.
 */
export class LogsDecoder {
  private readonly settings: DecodeSettings;
  private readonly reader = new WireReader();
  private readonly fields = new LogFields();
  private readonly pace = new Pace();
  private readonly resource = new ResourceContext(this.pace);
  private readonly logExceptions = new NativeBlock('log_exceptions');
  private readonly exceptions = new NativeBlock('exceptions');
  private received = 0;

  constructor(settings: DecodeSettings) {
    this.settings = settings;
  }

  /** One request at a time: the steps of one are all taken, or given up, before the next begins. @throws DecodeError */
  *decode(body: Buffer): Steps<Decoded> {
    const { reader, logExceptions, exceptions } = this;
    const window = new TimeWindow((this.settings.now ?? Date.now)(), this.settings.retentionDays);
    const counts = new DecodeCounts();
    const blocks = new DecodedBlocks();
    this.received = 0;
    logExceptions.clear();
    exceptions.clear();
    reader.open(body);
    this.pace.begin(0);
    yield* this.each(10, () => this.readResourceLogs(window, counts, blocks));
    blocks.take(logExceptions);
    blocks.take(exceptions);
    reader.open(NOTHING);
    return { signal: 'logs', blocks: blocks.blocks, received: this.received, counts, release: () => blocks.release() };
  }

  private *readResourceLogs(window: TimeWindow, counts: DecodeCounts, blocks: DecodedBlocks): Steps {
    yield* this.resource.read(this.reader, counts);
    yield* this.each(18, () => this.readScopeLogs(window, counts, blocks));
  }

  private *readScopeLogs(window: TimeWindow, counts: DecodeCounts, blocks: DecodedBlocks): Steps {
    const { reader, pace } = this;
    while (reader.more()) {
      if (reader.tag() === 18) {
        this.readRecord(window, counts);
        if (blocks.isFull(this.logExceptions)) blocks.take(this.logExceptions);
        if (blocks.isFull(this.exceptions)) blocks.take(this.exceptions);
      } else reader.skip();
      if (pace.isDue(reader.at)) yield;
    }
  }

  /** Runs `inside` in each field with the tag in the message that the cursor is in. */
  private *each(tag: number, inside: () => Steps): Steps {
    const { reader, pace } = this;
    while (reader.more()) {
      if (reader.tag() === tag) {
        const outer = reader.enterParts();
        yield* inside();
        reader.leave(outer);
      } else reader.skip();
      if (pace.isDue(reader.at)) yield;
    }
  }

  private readRecord(window: TimeWindow, counts: DecodeCounts): void {
    const { reader, fields } = this;
    this.received++;
    fields.read(reader);
    if (!fields.isException) {
      counts.unusedLogRecords++;
      return;
    }
    if (fields.timeHigh === 0 && fields.timeLow === 0) this.takeArrivalTime();
    if (window.tooOld(fields.timeHigh, fields.timeLow)) counts.rejected.too_old++;
    else if (window.inFuture(fields.timeHigh, fields.timeLow)) counts.rejected.in_future++;
    else if (isId(reader.bytes, fields.traceIdStart, fields.traceIdEnd, 16)) this.writeInsideTrace(counts);
    else this.writeOutsideTrace(counts);
  }

  private takeArrivalTime(): void {
    const nowNs = BigInt((this.settings.now ?? Date.now)()) * 1_000_000n;
    this.fields.timeHigh = Number(nowNs >> 32n);
    this.fields.timeLow = Number(nowNs & 0xffff_ffffn);
  }

  private writeInsideTrace(counts: DecodeCounts): void {
    const { columns } = this.logExceptions;
    const { reader } = this;
    const { bytes } = reader;
    const { spanIdStart, spanIdEnd, traceIdStart, traceIdEnd } = this.fields;
    columns.trace_id.hex(reader, traceIdStart, traceIdEnd);
    if (isId(bytes, spanIdStart, spanIdEnd, 8)) columns.span_id.hex(reader, spanIdStart, spanIdEnd);
    else columns.span_id.empty();
    this.writeShared(columns, counts);
    this.logExceptions.endRow();
  }

  private writeOutsideTrace(counts: DecodeCounts): void {
    const { columns } = this.exceptions;
    const { reader, fields, resource } = this;
    const exception = {
      spanId: '',
      settled: true,
      service: resource.service.text,
      timeUnixNano: String((BigInt(fields.timeHigh) << 32n) | BigInt(fields.timeLow)),
      exceptionType: fields.exceptionType.text(reader),
      exceptionMessage: fields.exceptionMessage.text(reader),
      exceptionStacktrace: fields.exceptionStacktrace.text(reader),
    };
    const key = exceptionKey(exception.service, exception.exceptionType, exception.exceptionMessage);
    columns.trace_id.empty();
    columns.occurrence_id.string(logOccurrenceId(exception), NAME_BYTES_MAX);
    columns.exception_key.u64(Number.parseInt(key.slice(0, 8), 16), Number.parseInt(key.slice(8), 16));
    columns.method.empty();
    columns.route.empty();
    this.writeShared(columns, counts);
    this.exceptions.endRow();
  }

  private writeShared(
    columns: NativeBlock<'log_exceptions'>['columns'] | NativeBlock<'exceptions'>['columns'],
    counts: DecodeCounts,
  ): void {
    const { reader, fields, resource } = this;
    columns.timestamp.u64(fields.timeHigh, fields.timeLow);
    columns.service.encoded(resource.service);
    columns.environment.encoded(resource.environment);
    columns.version.encoded(resource.version);
    fields.exceptionType.write(reader, columns.exception_type, NAME_BYTES_MAX, counts);
    fields.exceptionMessage.write(reader, columns.exception_message, TEXT_BYTES_MAX, counts);
    fields.exceptionStacktrace.write(reader, columns.exception_stacktrace, VALUE_BYTES_MAX, counts);
  }
}

const NOTHING = Buffer.alloc(0);
