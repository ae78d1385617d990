import { exceptionKey, logOccurrenceId } from '@profiler/analysis';
import { DecodeCounts } from './decode-counts.ts';
import type { DecodeSettings } from './decode-settings.ts';
import type { Decoded, DecodedBlock } from './decoded.ts';
import { NAME_BYTES_MAX, TEXT_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import { LogFields } from './log-fields.ts';
import { NativeBlock } from './native-block.ts';
import { isId } from './rejection.ts';
import { ResourceContext } from './resource-context.ts';
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
  private readonly resource = new ResourceContext();
  private readonly logExceptions = new NativeBlock('log_exceptions');
  private readonly exceptions = new NativeBlock('exceptions');
  private received = 0;

  constructor(settings: DecodeSettings) {
    this.settings = settings;
  }

  /** @throws DecodeError */
  decode(body: Buffer): Decoded {
    const { reader } = this;
    const window = new TimeWindow((this.settings.now ?? Date.now)(), this.settings.retentionDays);
    const counts = new DecodeCounts();
    this.received = 0;
    this.logExceptions.clear();
    this.exceptions.clear();
    reader.open(body);
    this.each(10, () => {
      this.resource.read(reader, counts);
      this.each(18, () => this.each(18, undefined, () => this.readRecord(window, counts)));
    });
    const blocks: DecodedBlock[] = [];
    for (const [table, block] of [
      ['log_exceptions', this.logExceptions] as const,
      ['exceptions', this.exceptions] as const,
    ]) {
      const bytes = block.finish();
      if (bytes !== undefined) blocks.push({ table, rows: block.rows, bytes });
    }
    return { signal: 'logs', blocks, received: this.received, counts };
  }

  /** Runs `inside` in, or `at` before, each field with the tag in the message that the cursor is in. */
  private each(tag: number, inside: (() => void) | undefined, at?: () => void): void {
    const { reader } = this;
    while (reader.more()) {
      if (reader.tag() !== tag) reader.skip();
      else if (inside === undefined) at?.();
      else {
        const outer = reader.enter();
        inside();
        reader.leave(outer);
      }
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
    const { bytes } = this.reader;
    const { spanIdStart, spanIdEnd, traceIdStart, traceIdEnd } = this.fields;
    columns.trace_id.hex(bytes, traceIdStart, traceIdEnd);
    if (isId(bytes, spanIdStart, spanIdEnd, 8)) columns.span_id.hex(bytes, spanIdStart, spanIdEnd);
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
      service: resource.service,
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
    columns.service.string(resource.service, NAME_BYTES_MAX);
    columns.environment.string(resource.environment, NAME_BYTES_MAX);
    columns.version.string(resource.version, NAME_BYTES_MAX);
    fields.exceptionType.write(reader, columns.exception_type, NAME_BYTES_MAX, counts);
    fields.exceptionMessage.write(reader, columns.exception_message, TEXT_BYTES_MAX, counts);
    fields.exceptionStacktrace.write(reader, columns.exception_stacktrace, VALUE_BYTES_MAX, counts);
  }
}
