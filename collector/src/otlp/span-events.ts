import { AttributeValue, keyValueJson } from './attribute-value.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { EVENTS_PER_SPAN_MAX, LINKS_PER_SPAN_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import { checkMembers } from './nested-values.ts';
import type { WireReader } from './wire-reader.ts';

/** Members of a JSON array whose text stays within {@link VALUE_BYTES_MAX}, so that it is never cut in the middle. */
class JsonList {
  private members: string[] = [];
  private chars = 0;

  clear(): void {
    if (this.members.length > 0) this.members = [];
    this.chars = 0;
  }

  hasRoom(membersMax: number): boolean {
    return this.members.length < membersMax && this.chars * 3 <= VALUE_BYTES_MAX;
  }

  /** @returns false when it does not fit; then nothing more does */
  add(json: string): boolean {
    this.chars += json.length + 1;
    if (this.chars * 3 > VALUE_BYTES_MAX) return false;
    this.members.push(json);
    return true;
  }

  text(): string {
    return this.members.length === 0 ? '' : `[${this.members.join(',')}]`;
  }
}

/**
 * The events and links of one span. The first event named `exception` is the span's exception; all others become a JSON
 * array of `{"timeUnixNano","name","attributes"}`, links one of `{"traceId","spanId","attributes"}`.
 */
export class SpanEvents {
  readonly exceptionType = new AttributeValue();
  readonly exceptionMessage = new AttributeValue();
  readonly exceptionStacktrace = new AttributeValue();
  hasException = false;
  readonly events = new JsonList();
  readonly links = new JsonList();
  private readonly value = new AttributeValue();

  clear(): void {
    this.hasException = false;
    this.exceptionType.clear();
    this.exceptionMessage.clear();
    this.exceptionStacktrace.clear();
    this.events.clear();
    this.links.clear();
  }

  /** Reads the Event message that comes next. */
  readEvent(reader: WireReader, counts: DecodeCounts): void {
    const outer = reader.enter();
    const start = reader.at;
    let nameStart = 0;
    let nameEnd = 0;
    while (reader.more()) {
      if (reader.tag() === 18) {
        nameStart = reader.delimited();
        nameEnd = reader.at;
      } else reader.skip();
    }
    reader.at = start;
    const name = reader.bytes.toString('utf8', nameStart, Math.min(nameEnd, nameStart + NAME_BYTES_MAX));
    if (name === 'exception' && !this.hasException) {
      this.hasException = true;
      this.readException(reader);
    } else if (tooLong(reader)) counts.droppedEvents++;
    else if (!this.events.hasRoom(EVENTS_PER_SPAN_MAX)) {
      checkMembers(reader, 26);
      counts.droppedEvents++;
    } else if (!this.events.add(eventJson(reader, name))) counts.droppedEvents++;
    reader.leave(outer);
  }

  /** Reads the Link message that comes next. */
  readLink(reader: WireReader, counts: DecodeCounts): void {
    const outer = reader.enter();
    const isTooLong = tooLong(reader);
    if (isTooLong || !this.links.hasRoom(LINKS_PER_SPAN_MAX)) {
      if (!isTooLong) checkMembers(reader, 34);
      counts.droppedLinks++;
      reader.leave(outer);
      return;
    }
    let traceId = '';
    let spanId = '';
    const attributes: string[] = [];
    while (reader.more()) {
      switch (reader.tag()) {
        case 10:
          traceId = hexOfNext(reader);
          break;
        case 18:
          spanId = hexOfNext(reader);
          break;
        case 34:
          attributes.push(keyValueJson(reader, 1));
          break;
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
    const json = `{"traceId":"${traceId}","spanId":"${spanId}","attributes":{${attributes.join(',')}}}`;
    if (!this.links.add(json)) counts.droppedLinks++;
  }

  private readException(reader: WireReader): void {
    while (reader.more()) {
      if (reader.tag() === 26) this.readExceptionAttribute(reader);
      else reader.skip();
    }
  }

  private readExceptionAttribute(reader: WireReader): void {
    const outer = reader.enter();
    let key = '';
    this.value.clear();
    while (reader.more()) {
      switch (reader.tag()) {
        case 10: {
          const start = reader.delimited();
          key = reader.bytes.toString('latin1', start, Math.min(reader.at, start + NAME_BYTES_MAX));
          break;
        }
        case 18: {
          const outerOfValue = reader.enter();
          this.value.read(reader, 1);
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

/** Whether no JSON should be made of the message, because it could not be kept. */
function tooLong(reader: WireReader): boolean {
  return reader.limit - reader.at > VALUE_BYTES_MAX;
}

function eventJson(reader: WireReader, name: string): string {
  let timeUnixNano = 0n;
  const attributes: string[] = [];
  while (reader.more()) {
    switch (reader.tag()) {
      case 9: {
        const low = reader.fixed64();
        timeUnixNano = (BigInt(reader.high) << 32n) | BigInt(low);
        break;
      }
      case 26:
        attributes.push(keyValueJson(reader, 1));
        break;
      default:
        reader.skip();
    }
  }
  return `{"timeUnixNano":"${timeUnixNano}","name":${JSON.stringify(name)},"attributes":{${attributes.join(',')}}}`;
}

function hexOfNext(reader: WireReader): string {
  const start = reader.delimited();
  return reader.bytes.toString('hex', start, Math.min(reader.at, start + 16));
}
