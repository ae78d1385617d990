import { AttributeValue } from './attribute-value.ts';
import { ByteColumn } from './byte-column.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { ATTRIBUTES_PER_RESOURCE_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import { MapColumn } from './map-column.ts';
import type { WireReader } from './wire-reader.ts';

/** What OpenTelemetry calls a service that does not say its name. */
const UNKNOWN_SERVICE = 'unknown_service';
const ENVIRONMENT_OLD = 'deployment.environment';
const ENVIRONMENT = 'deployment.environment.name';

/** The resource that all spans of one group share, encoded once and copied to each row. */
export class ResourceContext {
  service = UNKNOWN_SERVICE;
  environment = '';
  version = '';
  /** All attributes of the resource, those above included. */
  readonly attributes = new MapColumn();
  private readonly value = new AttributeValue();

  /**
   * Reads the resource out of the ResourceSpans or ResourceLogs that the cursor is in, wherever in it it stands, and
   * leaves the cursor where it was.
   */
  read(reader: WireReader, counts: DecodeCounts): void {
    this.service = UNKNOWN_SERVICE;
    this.environment = '';
    this.version = '';
    this.attributes.clear();
    const start = reader.at;
    while (reader.more()) {
      if (reader.tag() !== 10) {
        reader.skip();
        continue;
      }
      const outer = reader.enter();
      while (reader.more()) {
        if (reader.tag() === 10) this.readAttribute(reader, counts);
        else reader.skip();
      }
      reader.leave(outer);
    }
    reader.at = start;
  }

  private readAttribute(reader: WireReader, counts: DecodeCounts): void {
    const outer = reader.enter();
    let key = '';
    this.value.clear();
    while (reader.more()) {
      switch (reader.tag()) {
        case 10: {
          const start = reader.delimited();
          key = reader.bytes.toString('utf8', start, reader.at);
          break;
        }
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
    this.keep(key === ENVIRONMENT_OLD ? ENVIRONMENT : key, reader, counts);
  }

  private keep(key: string, reader: WireReader, counts: DecodeCounts): void {
    if (key === 'service.name') this.service = this.name(reader, counts) || UNKNOWN_SERVICE;
    else if (key === 'service.version') this.version = this.name(reader, counts);
    else if (key === ENVIRONMENT) {
      if (this.environment !== '') return;
      this.environment = this.name(reader, counts);
    }
    if (this.attributes.rowEntries >= ATTRIBUTES_PER_RESOURCE_MAX) {
      counts.droppedAttributes++;
      return;
    }
    this.attributes.keys.string(key, NAME_BYTES_MAX, counts);
    this.value.write(reader, this.attributes.values, VALUE_BYTES_MAX, counts);
    this.attributes.rowEntries++;
  }

  /** The value as a name, cut as it will be stored, so that what is computed from it agrees with the column. */
  private name(reader: WireReader, counts: DecodeCounts): string {
    const text = this.value.text(reader);
    if (Buffer.byteLength(text) <= NAME_BYTES_MAX) return text;
    const cut = new ByteColumn();
    cut.string(text, NAME_BYTES_MAX, counts);
    const length = cut.length - 2;
    return cut.bytes.toString('utf8', cut.length - length, cut.length);
  }
}
