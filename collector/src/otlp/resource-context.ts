import { AttributeValue } from './attribute-value.ts';
import { ByteInterner } from './byte-interner.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { cutText, EMPTY_TEXT, EncodedText } from './encoded-text.ts';
import { ATTRIBUTES_PER_RESOURCE_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import { MapColumn } from './map-column.ts';
import type { Pace, Steps } from './steps.ts';
import type { WireReader } from './wire-reader.ts';

/** What OpenTelemetry calls a service that does not say its name. */
const UNKNOWN_SERVICE = new EncodedText('unknown_service');
const ENVIRONMENT_OLD = 'deployment.environment';
const ENVIRONMENT = 'deployment.environment.name';

function storedKey(key: string): EncodedText {
  return new EncodedText(key === ENVIRONMENT_OLD ? ENVIRONMENT : key);
}

/** The resource that all spans of one group share, encoded once and copied to each row. */
export class ResourceContext {
  service = UNKNOWN_SERVICE;
  environment = EMPTY_TEXT;
  version = EMPTY_TEXT;
  /** All attributes of the resource, those above included. */
  readonly attributes = new MapColumn();
  private readonly value = new AttributeValue();
  private readonly keys = new ByteInterner(storedKey, 512, NAME_BYTES_MAX);
  private readonly pace: Pace;

  constructor(pace: Pace) {
    this.pace = pace;
  }

  /**
   * Reads the resource out of the ResourceSpans or ResourceLogs that the cursor is in, wherever in it it stands, and
   * leaves the cursor where it was.
   */
  *read(reader: WireReader, counts: DecodeCounts): Steps {
    this.service = UNKNOWN_SERVICE;
    this.environment = EMPTY_TEXT;
    this.version = EMPTY_TEXT;
    this.attributes.clear();
    const { pace } = this;
    const start = reader.at;
    while (reader.more()) {
      if (reader.tag() === 10) {
        const outer = reader.enterParts();
        while (reader.more()) {
          if (reader.tag() === 10) this.readAttribute(reader, counts);
          else reader.skip();
          if (pace.isDue(reader.at)) yield;
        }
        reader.leave(outer);
      } else reader.skip();
      if (pace.isDue(reader.at)) yield;
    }
    reader.at = start;
    pace.goBack(start);
  }

  private readAttribute(reader: WireReader, counts: DecodeCounts): void {
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
    this.keep(this.keys.get(reader, keyStart, Math.min(keyEnd, keyStart + NAME_BYTES_MAX)), reader, counts);
  }

  private keep(key: EncodedText, reader: WireReader, counts: DecodeCounts): void {
    if (key.text === 'service.name') this.service = this.name(reader, counts) ?? UNKNOWN_SERVICE;
    else if (key.text === 'service.version') this.version = this.name(reader, counts) ?? EMPTY_TEXT;
    else if (key.text === ENVIRONMENT) {
      if (this.environment !== EMPTY_TEXT) return;
      this.environment = this.name(reader, counts) ?? EMPTY_TEXT;
    }
    if (this.attributes.rowEntries >= ATTRIBUTES_PER_RESOURCE_MAX) {
      counts.droppedAttributes++;
      return;
    }
    this.attributes.keys.encoded(key);
    this.value.write(reader, this.attributes.values, VALUE_BYTES_MAX, counts);
    this.attributes.rowEntries++;
  }

  /**
   * The value as a name, cut as it will be stored, so that what is computed from it agrees with the column; undefined
   * when it is empty.
   */
  private name(reader: WireReader, counts: DecodeCounts): EncodedText | undefined {
    const text = this.value.text(reader);
    if (text === '') return undefined;
    const cut = cutText(text, NAME_BYTES_MAX);
    if (cut !== text) counts.cutValues++;
    return new EncodedText(cut);
  }
}
