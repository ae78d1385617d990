import { VALUE_BYTES_MAX, VALUE_DEPTH_MAX } from './limits.ts';
import type { WireReader } from './wire-reader.ts';

/**
 * Checks of what is inside an array or list, so that a body that is no OTLP is refused at once, whether or not anything
 * reads the value later. What could not be kept anyway, because it is too long or too deep, is not looked at.
 *
 * @throws DecodeError
 */
export function checkArray(reader: WireReader, start: number, end: number, depth: number): void {
  checkEach(reader, start, end, depth, checkValue);
}

/** As {@link checkArray}, for a list of keys and values. */
export function checkList(reader: WireReader, start: number, end: number, depth: number): void {
  checkEach(reader, start, end, depth, checkKeyValue);
}

/** Checks the KeyValue message that the cursor is in. */
export function checkKeyValue(reader: WireReader, depth: number): void {
  while (reader.more()) {
    if (reader.tag() === 18) {
      const outer = reader.enter();
      checkValue(reader, depth);
      reader.leave(outer);
    } else reader.skip();
  }
}

/** Checks the event or link that the cursor is in, with the attributes that its fields with this tag are. */
export function checkMembers(reader: WireReader, tag: number): void {
  while (reader.more()) {
    if (reader.tag() === tag) {
      const outer = reader.enter();
      checkKeyValue(reader, 1);
      reader.leave(outer);
    } else reader.skip();
  }
}

/** Checks the AnyValue message that the cursor is in. */
export function checkValue(reader: WireReader, depth: number): void {
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 42) checkArray(reader, reader.delimited(), reader.at, depth);
    else if (tag === 50) checkList(reader, reader.delimited(), reader.at, depth);
    else reader.skip();
  }
}

function checkEach(
  reader: WireReader,
  start: number,
  end: number,
  depth: number,
  check: (reader: WireReader, depth: number) => void,
): void {
  if (depth >= VALUE_DEPTH_MAX || end - start > VALUE_BYTES_MAX) return;
  const { at } = reader;
  const outer = reader.enterAt(start, end);
  while (reader.more()) {
    if (reader.tag() === 10) {
      const outerOfElement = reader.enter();
      check(reader, depth + 1);
      reader.leave(outerOfElement);
    } else reader.skip();
  }
  reader.at = at;
  reader.limit = outer;
}
