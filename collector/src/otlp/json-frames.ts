import { sameWords } from './byte-words.ts';
import { DecodeError } from './decode-error.ts';
import { type JsonField, type JsonMessage, UNREAD } from './json-schema.ts';
import type { JsonText } from './json-text.ts';
import { VALUE_DEPTH_MAX } from './limits.ts';

/** A message of a JSON body that is being read. */
export class JsonFrame {
  message = UNREAD;
  /** Arrays and lists of attribute values around it. */
  depth = 0;
  /** The field whose array is open. */
  arrayField: JsonField | undefined;
  /** What its writer needs in order to end it. */
  start = 0;
  isShort = false;
  /** Bits of the fields that are there. */
  private seen = 0;
  /** Place of the field after the last one found: senders keep their order. */
  private likely = 0;

  enter(message: JsonMessage, outerDepth: number): void {
    this.depth = message.holdsValues ? outerDepth + 1 : outerDepth;
    this.message = this.depth > VALUE_DEPTH_MAX ? UNREAD : message;
    this.seen = 0;
    this.likely = 0;
  }

  /** The field of this name; undefined when nothing is read of it. */
  find({ source, start, end }: JsonText): JsonField | undefined {
    const { fields } = this.message;
    for (let tried = 0, place = this.likely; tried < fields.length; tried++, place++) {
      if (place >= fields.length) place = 0;
      const field = fields[place]!;
      if (field.bytes.length === end - start && sameWords(field.view, 0, source.view, start, end)) {
        this.likely = place + 1;
        return field;
      }
    }
    return undefined;
  }

  /** @throws DecodeError when it was there already */
  see({ bit, name }: JsonField): void {
    if ((this.seen & bit) !== 0) throw new DecodeError(`${name} is there twice, or another value beside it`);
    this.seen |= bit;
  }
}

/** The messages around the cursor, outermost first; frames are used again. */
export class JsonFrames {
  private readonly frames: JsonFrame[] = [];
  private used = 0;

  clear(): void {
    this.used = 0;
  }

  get innermost(): JsonFrame {
    return this.frames[this.used - 1]!;
  }

  push(message: JsonMessage): JsonFrame {
    const outerDepth = this.used === 0 ? 0 : this.innermost.depth;
    if (this.used === this.frames.length) this.frames.push(new JsonFrame());
    const frame = this.frames[this.used++]!;
    frame.enter(message, outerDepth);
    return frame;
  }

  /** @returns whether it was the outermost */
  pop(): boolean {
    return --this.used === 0;
  }
}
