import { findKey, holdsBindValue, type KnownKey, SLOTS } from './attribute-keys.ts';
import { AttributeValue } from './attribute-value.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { ATTRIBUTES_PER_SPAN_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import type { MapColumn } from './map-column.ts';
import { SpanEvents } from './span-events.ts';
import type { WireReader } from './wire-reader.ts';

/**
 * One span as places in the request, reused for every span. Attributes that no column takes are written into the
 * `attributes` column at once; whoever then refuses the span rolls that column back.
 */
export class SpanFields {
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  parentSpanIdStart = 0;
  parentSpanIdEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  /** OTLP's numbers, 0 to 5. */
  kind = 0;
  startHigh = 0;
  startLow = 0;
  endHigh = 0;
  endLow = 0;
  flags = 0;
  /** 0 unset, 1 ok, 2 error. */
  status = 0;
  statusMessageStart = 0;
  statusMessageEnd = 0;
  /** Values of the attributes that columns take, by `SLOT`. */
  readonly slots: readonly AttributeValue[] = Array.from({ length: SLOTS }, () => new AttributeValue());
  readonly events = new SpanEvents();
  private readonly value = new AttributeValue();
  private onceBits = 0;

  /** Reads the Span message that comes next. */
  read(reader: WireReader, attributes: MapColumn, counts: DecodeCounts): void {
    this.clear();
    const outer = reader.enter();
    while (reader.more()) {
      switch (reader.tag()) {
        case 10:
          this.traceIdStart = reader.delimited();
          this.traceIdEnd = reader.at;
          break;
        case 18:
          this.spanIdStart = reader.delimited();
          this.spanIdEnd = reader.at;
          break;
        case 34:
          this.parentSpanIdStart = reader.delimited();
          this.parentSpanIdEnd = reader.at;
          break;
        case 42:
          this.nameStart = reader.delimited();
          this.nameEnd = reader.at;
          break;
        case 48:
          this.kind = reader.varint();
          if (this.kind > 5) this.kind = 0;
          break;
        case 57:
          this.startLow = reader.fixed64();
          this.startHigh = reader.high;
          break;
        case 65:
          this.endLow = reader.fixed64();
          this.endHigh = reader.high;
          break;
        case 74:
          this.readAttribute(reader, attributes, counts);
          break;
        case 90:
          this.events.readEvent(reader, counts);
          break;
        case 106:
          this.events.readLink(reader, counts);
          break;
        case 122:
          this.readStatus(reader);
          break;
        case 133:
          this.flags = reader.fixed32();
          break;
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
  }

  private clear(): void {
    this.traceIdStart = this.traceIdEnd = 0;
    this.spanIdStart = this.spanIdEnd = 0;
    this.parentSpanIdStart = this.parentSpanIdEnd = 0;
    this.nameStart = this.nameEnd = 0;
    this.kind = 0;
    this.startHigh = this.startLow = 0;
    this.endHigh = this.endLow = 0;
    this.flags = 0;
    this.status = 0;
    this.statusMessageStart = this.statusMessageEnd = 0;
    this.onceBits = 0;
    for (const slot of this.slots) slot.clear();
    this.events.clear();
  }

  private readStatus(reader: WireReader): void {
    const outer = reader.enter();
    while (reader.more()) {
      switch (reader.tag()) {
        case 18:
          this.statusMessageStart = reader.delimited();
          this.statusMessageEnd = reader.at;
          break;
        case 24:
          this.status = reader.varint();
          if (this.status > 2) this.status = 0;
          break;
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
  }

  private readAttribute(reader: WireReader, attributes: MapColumn, counts: DecodeCounts): void {
    const outer = reader.enter();
    let keyStart = 0;
    let keyEnd = 0;
    this.value.clear();
    while (reader.more()) {
      switch (reader.tag()) {
        case 10:
          keyStart = reader.delimited();
          keyEnd = reader.at;
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
    const known = findKey(reader.bytes, keyStart, keyEnd);
    if (known !== undefined && !this.lift(known)) return;
    if (known === undefined && holdsBindValue(reader.bytes, keyStart, keyEnd)) {
      counts.droppedBindValues++;
      return;
    }
    if (attributes.rowEntries >= ATTRIBUTES_PER_SPAN_MAX) {
      counts.droppedAttributes++;
      return;
    }
    if (known?.storedKey === undefined) attributes.keys.text(reader.bytes, keyStart, keyEnd, NAME_BYTES_MAX, counts);
    else attributes.keys.known(known.storedKey);
    this.value.write(reader, attributes.values, VALUE_BYTES_MAX, counts);
    attributes.rowEntries++;
  }

  /** Takes the value if a column wants it. @returns whether the attribute is also kept */
  private lift({ slot, storedKey, onceBit }: KnownKey): boolean {
    if (slot >= 0) {
      const place = this.slots[slot]!;
      if (place.kind === 0) place.assign(this.value);
    }
    if (onceBit !== 0) {
      if ((this.onceBits & onceBit) !== 0) return false;
      this.onceBits |= onceBit;
    }
    return storedKey !== undefined;
  }
}
