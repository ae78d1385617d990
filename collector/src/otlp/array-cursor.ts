import { type AttributeValue, VALUE_KIND } from './attribute-value.ts';
import type { WireReader } from './wire-reader.ts';

/** Walks the elements of an array attribute, so that several parallel arrays can be read in step. */
export class ArrayCursor {
  private at = 0;
  private end = 0;

  open(reader: WireReader, value: AttributeValue): void {
    this.at = value.kind === VALUE_KIND.array ? value.start : 0;
    this.end = value.kind === VALUE_KIND.array ? value.end : 0;
    reader.refuseManyFields(this.at, this.end);
  }

  /** Reads the next element. @returns false, with `element` empty, at the end */
  next(reader: WireReader, element: AttributeValue): boolean {
    element.clear();
    const { at } = reader;
    const outer = reader.enterAt(this.at, this.end);
    let found = false;
    while (!found && reader.more()) {
      if (reader.tag() !== 10) {
        reader.skip();
        continue;
      }
      const outerOfElement = reader.enter();
      element.read(reader);
      reader.leave(outerOfElement);
      found = true;
    }
    this.at = reader.at;
    reader.at = at;
    reader.limit = outer;
    return found;
  }
}
