import { type AttributeKey, AttributeKeys, KEY_BYTES_MAX, SLOTS } from './attribute-keys.ts';
import { AttributeValue, VALUE_KIND } from './attribute-value.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { ATTRIBUTES_PER_SPAN_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import type { MapColumn } from './map-column.ts';
import { SpanEvents } from './span-events.ts';
import type { WireReader } from './wire-reader.ts';

/** Tag and length of the key, of the value and of the text in it. */
const SHORTEST_TEXT_BYTES = 6;

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
  private readonly keys = new AttributeKeys();
  private readonly value = new AttributeValue();
  private readonly liftedSlots: AttributeValue[] = [];
  /** Key of the attribute that is being read; its value is in `value`. */
  private keyStart = 0;
  private keyEnd = 0;
  private onceBits = 0;
  private outerLimit = 0;

  /** Begins to read the Span message that comes next. */
  begin(reader: WireReader): void {
    this.clear();
    this.outerLimit = reader.enterParts();
  }

  /** Reads fields up to the offset `pauseAt`, or to the end. @returns whether it is through */
  readUntil(pauseAt: number, reader: WireReader, attributes: MapColumn, counts: DecodeCounts): boolean {
    const stop = Math.min(pauseAt, reader.limit);
    while (reader.at < stop) {
      switch (reader.tag()) {
        case 74:
          this.readAttribute(reader, attributes, counts);
          break;
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
    if (reader.more()) return false;
    reader.leave(this.outerLimit);
    return true;
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
    for (const slot of this.liftedSlots) slot.clear();
    this.liftedSlots.length = 0;
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
    if (!this.readShortText(reader)) this.readKeyAndValue(reader);
    reader.leave(outer);
    const { keyStart, keyEnd } = this;
    if (keyEnd - keyStart > KEY_BYTES_MAX) {
      this.keepUnderLongKey(reader, keyStart, keyEnd, attributes, counts);
      return;
    }
    const key = this.keys.get(reader, keyStart, keyEnd);
    if (key.slot >= 0) this.lift(key.slot);
    if (key.holdsBindValue) counts.droppedBindValues++;
    else if (key.stored !== undefined && this.isFirst(key) && this.hasRoom(attributes, counts)) {
      if (key.isInvalid) counts.invalidTexts++;
      attributes.keys.encoded(key.stored);
      this.value.write(reader, attributes.values, VALUE_BYTES_MAX, counts);
    }
  }

  /**
   * Reads the KeyValue that the cursor is in if it is a short key and then a short text and nothing else, as most are.
   *
   * @returns false if it is not, and nothing was read
   */
  private readShortText({ view, at, limit }: WireReader): boolean {
    if (limit - at < SHORTEST_TEXT_BYTES || view.getUint8(at) !== 10) return false;
    const keyLength = view.getUint8(at + 1);
    const valueAt = at + 2 + keyLength;
    if (keyLength >= 128 || limit - valueAt < 4 || view.getUint8(valueAt) !== 18) return false;
    const length = view.getUint8(valueAt + 1);
    if (length >= 128 || valueAt + 2 + length !== limit) return false;
    if (view.getUint8(valueAt + 2) !== 10 || view.getUint8(valueAt + 3) !== length - 2) return false;
    this.keyStart = at + 2;
    this.keyEnd = valueAt;
    this.value.setText(valueAt + 4, limit);
    return true;
  }

  private readKeyAndValue(reader: WireReader): void {
    this.keyStart = this.keyEnd = 0;
    this.value.clear();
    while (reader.more()) {
      switch (reader.tag()) {
        case 10:
          this.keyStart = reader.delimited();
          this.keyEnd = reader.at;
          break;
        case 18: {
          const outer = reader.enter();
          this.value.read(reader);
          reader.leave(outer);
          break;
        }
        default:
          reader.skip();
      }
    }
  }

  private keepUnderLongKey(
    reader: WireReader,
    start: number,
    end: number,
    attributes: MapColumn,
    counts: DecodeCounts,
  ): void {
    if (this.keys.get(reader, start, start + KEY_BYTES_MAX).holdsBindValue) counts.droppedBindValues++;
    else if (this.hasRoom(attributes, counts)) {
      attributes.keys.text(reader, start, end, NAME_BYTES_MAX, counts);
      this.value.write(reader, attributes.values, VALUE_BYTES_MAX, counts);
    }
  }

  /** The first value of several stays. */
  private lift(slot: number): void {
    const place = this.slots[slot]!;
    if (place.kind !== VALUE_KIND.none || this.value.kind === VALUE_KIND.none) return;
    place.assign(this.value);
    this.liftedSlots.push(place);
  }

  private isFirst({ onceBit }: AttributeKey): boolean {
    if (onceBit === 0) return true;
    if ((this.onceBits & onceBit) !== 0) return false;
    this.onceBits |= onceBit;
    return true;
  }

  /** Counts the attribute in, or as dropped. */
  private hasRoom(attributes: MapColumn, counts: DecodeCounts): boolean {
    if (attributes.rowEntries < ATTRIBUTES_PER_SPAN_MAX) {
      attributes.rowEntries++;
      return true;
    }
    counts.droppedAttributes++;
    return false;
  }
}
