import { AttributeValue, VALUE_KIND } from './attribute-value.ts';
import { NAME_BYTES_MAX } from './limits.ts';
import { checkValue } from './nested-values.ts';
import type { WireReader } from './wire-reader.ts';

/** What of one log record says that it is an exception, as places in the request; reused for every record. */
export class LogFields {
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  timeHigh = 0;
  timeLow = 0;
  readonly exceptionType = new AttributeValue();
  readonly exceptionMessage = new AttributeValue();
  readonly exceptionStacktrace = new AttributeValue();
  private observedHigh = 0;
  private observedLow = 0;
  private eventName = '';
  private readonly value = new AttributeValue();

  /** Whether the record carries an exception: by its attributes, or by its event's name. */
  get isException(): boolean {
    return (
      this.exceptionType.kind !== VALUE_KIND.none ||
      this.exceptionMessage.kind !== VALUE_KIND.none ||
      this.eventName === 'exception'
    );
  }

  /** Reads the LogRecord message that comes next. Time is when it happened, else when it was observed, else 0. */
  read(reader: WireReader): void {
    this.clear();
    const outer = reader.enter();
    while (reader.more()) {
      switch (reader.tag()) {
        case 9:
          this.timeLow = reader.fixed64();
          this.timeHigh = reader.high;
          break;
        case 42: {
          const outerOfBody = reader.enter();
          checkValue(reader, 0);
          reader.leave(outerOfBody);
          break;
        }
        case 50:
          this.readAttribute(reader);
          break;
        case 74:
          this.traceIdStart = reader.delimited();
          this.traceIdEnd = reader.at;
          break;
        case 82:
          this.spanIdStart = reader.delimited();
          this.spanIdEnd = reader.at;
          break;
        case 89:
          this.observedLow = reader.fixed64();
          this.observedHigh = reader.high;
          break;
        case 98:
          this.eventName = textOfNext(reader);
          break;
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
    if (this.timeHigh !== 0 || this.timeLow !== 0) return;
    this.timeHigh = this.observedHigh;
    this.timeLow = this.observedLow;
  }

  private clear(): void {
    this.traceIdStart = this.traceIdEnd = 0;
    this.spanIdStart = this.spanIdEnd = 0;
    this.timeHigh = this.timeLow = 0;
    this.observedHigh = this.observedLow = 0;
    this.eventName = '';
    this.exceptionType.clear();
    this.exceptionMessage.clear();
    this.exceptionStacktrace.clear();
  }

  private readAttribute(reader: WireReader): void {
    const outer = reader.enter();
    let key = '';
    this.value.clear();
    while (reader.more()) {
      switch (reader.tag()) {
        case 10:
          key = textOfNext(reader);
          break;
        case 18: {
          const outerOfValue = reader.enter();
          this.value.read(reader);
          reader.leave(outerOfValue);
          break;
        }
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
    if (key === 'exception.type') this.exceptionType.assign(this.value);
    else if (key === 'exception.message') this.exceptionMessage.assign(this.value);
    else if (key === 'exception.stacktrace') this.exceptionStacktrace.assign(this.value);
  }
}

function textOfNext(reader: WireReader): string {
  const start = reader.delimited();
  return reader.bytes.toString('utf8', start, Math.min(reader.at, start + NAME_BYTES_MAX));
}
