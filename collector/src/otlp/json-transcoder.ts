import { type ByteSource, byteSource } from './byte-source.ts';
import { sameWords } from './byte-words.ts';
import { DecodeError } from './decode-error.ts';
import { numberEnd } from './json-number.ts';
import { JSON_KIND, type JsonField, type JsonMessage, UNREAD } from './json-schema.ts';
import { JsonText } from './json-text.ts';
import { JsonValueWriter, wrongType } from './json-value-writer.ts';
import { JSON_DEPTH_MAX, VALUE_DEPTH_MAX } from './limits.ts';
import { RequestWriter } from './request-writer.ts';
import { STEP_BYTES, type Steps } from './steps.ts';

const NOTHING = byteSource(Buffer.alloc(0));
/** What is open around the cursor: a message, an array of messages, or what is not read. */
const OPEN = { message: 0, messages: 1, skippedObject: 2, skippedArray: 3 } as const;
/** What comes next. */
const NEXT = {
  value: 0,
  element: 1,
  key: 2,
  colon: 3,
  text: 4,
  memberOrEnd: 5,
  elementOrEnd: 6,
  commaOrEnd: 7,
  nothing: 8,
} as const;
type Next = (typeof NEXT)[keyof typeof NEXT];

/** A message that is being written. */
class Frame {
  message = UNREAD;
  start = 0;
  isShort = false;
  /** Bits of the fields that are there. */
  seen = 0;
  /** The field whose array is open. */
  field: JsonField | undefined;
  /** Place of the field after the last one found: senders keep their order. */
  likely = 0;
  /** Arrays and lists of attribute values around it. */
  depth = 0;
}

/**
 * OTLP/JSON becomes the same request as protobuf, byte by byte and in one pass, so that one decoder gives both the same
 * meaning. It is a machine with a stack of its own instead of functions that call each other, so that it can pause
 * anywhere. What is no JSON is refused, as `JSON.parse` does it; so is a field that is there twice, because JSON leaves
 * open what that means. Members without a meaning are only checked.
 */
export class JsonTranscoder {
  private body: ByteSource = NOTHING;
  private at = 0;
  private next: Next = NEXT.value;
  private readonly open: number[] = [];
  private readonly frames: Frame[] = [];
  private framesOpen = 0;
  /** The field whose value comes next; undefined when that is not read. */
  private field: JsonField | undefined;
  private readonly text = new JsonText();
  private textIsKey = false;
  private buffer: Buffer = NOTHING.bytes;
  private readonly out = new RequestWriter();
  private readonly values = new JsonValueWriter(this.out);

  /** Protobuf's bytes of the request; they are valid until the next. @throws DecodeError */
  *transcode(body: Buffer, request: JsonMessage): Steps<Buffer> {
    this.body = byteSource(body);
    this.at = hasByteOrderMark(body) ? 3 : 0;
    this.open.length = 0;
    this.framesOpen = 0;
    this.out.open(this.room(body.length));
    while (this.skipSpace(this.at + STEP_BYTES)) yield;
    if (body[this.at++] !== BRACE) throw new DecodeError('body is not a JSON object');
    this.openRequest(request);
    while (!this.run(Math.min(this.at + STEP_BYTES, body.length))) yield;
    this.body = NOTHING;
    const bytes = this.out.finish();
    if (this.buffer.length > ROOM_BYTES_KEPT) this.buffer = NOTHING.bytes;
    return bytes;
  }

  /** A message becomes at most six bytes more than what is in it, and is at least `{},`: nothing grows beyond twofold. */
  private room(bodyBytes: number): Buffer {
    const bytes = bodyBytes * 2 + 64;
    if (this.buffer.length < bytes) this.buffer = Buffer.allocUnsafeSlow(bytes);
    return this.buffer;
  }

  /** Reads on as far as `until`, which may be the end. @returns whether the body is through */
  private run(until: number): boolean {
    const { bytes } = this.body;
    for (;;) {
      if (this.next === NEXT.text) {
        const after = this.text.read(this.body, this.at, until);
        this.at = Math.abs(after);
        if (after > 0) this.endText();
      }
      if (this.next !== NEXT.text) this.skipSpace(until);
      if (this.at >= until) {
        if (until < bytes.length) return false;
        if (this.next === NEXT.nothing) return true;
        throw new DecodeError('body is not JSON: unexpected end');
      }
      this.take(bytes[this.at]!);
    }
  }

  /** Takes the token that begins with the byte at the cursor. */
  private take(byte: number): void {
    switch (this.next) {
      case NEXT.value:
        if (this.field === undefined) this.skipValue(byte);
        else this.readField(byte, this.field);
        return;
      case NEXT.commaOrEnd:
        if (byte !== COMMA) this.close(byte);
        else {
          this.at++;
          this.next = isObject(this.open.at(-1)!) ? NEXT.key : NEXT.element;
        }
        return;
      case NEXT.memberOrEnd:
        if (byte === BRACE_CLOSED) this.close(byte);
        else this.beginText(byte, true);
        return;
      case NEXT.key:
        this.beginText(byte, true);
        return;
      case NEXT.colon:
        if (byte !== COLON) throw notJson();
        this.at++;
        this.next = NEXT.value;
        return;
      case NEXT.elementOrEnd:
        if (byte === BRACKET_CLOSED) this.close(byte);
        else this.readElement(byte);
        return;
      case NEXT.element:
        this.readElement(byte);
        return;
      default:
        throw notJson();
    }
  }

  private readField(byte: number, field: JsonField): void {
    if (byte === LETTER_N) {
      this.literal(NULL);
      this.next = NEXT.commaOrEnd;
      return;
    }
    const frame = this.frame();
    if ((frame.seen & field.bit) !== 0) throw new DecodeError(`${field.name} or its alternative is there twice`);
    frame.seen |= field.bit;
    if (field.kind === JSON_KIND.message) {
      if (byte !== BRACE) throw wrongType(field);
      this.openMessage(field);
    } else if (field.kind === JSON_KIND.messages) {
      if (byte !== BRACKET) throw wrongType(field);
      frame.field = field;
      this.openArray(OPEN.messages);
    } else if (byte === QUOTE) this.beginText(byte, false);
    else if (field.kind === JSON_KIND.bool) {
      this.values.writeBool(field, this.bool(byte, field));
      this.next = NEXT.commaOrEnd;
    } else {
      if (byte !== MINUS && !isDigit(byte)) throw wrongType(field);
      const start = this.at;
      this.at = numberEnd(this.body.bytes, start);
      this.values.writeNumber(field, this.body, start, this.at);
      this.next = NEXT.commaOrEnd;
    }
  }

  private readElement(byte: number): void {
    if (this.open.at(-1) === OPEN.skippedArray) {
      this.skipValue(byte);
      return;
    }
    const field = this.frame().field!;
    if (byte === BRACE) this.openMessage(field);
    else if (byte === LETTER_N && field.message!.mayBeNull) {
      this.literal(NULL);
      this.out.end(this.out.begin(field.number));
      this.next = NEXT.commaOrEnd;
    } else throw wrongType(field);
  }

  private skipValue(byte: number): void {
    this.field = undefined;
    if (byte === BRACE) {
      this.at++;
      this.push(OPEN.skippedObject);
      this.next = NEXT.memberOrEnd;
    } else if (byte === BRACKET) this.openArray(OPEN.skippedArray);
    else if (byte === QUOTE) this.beginText(byte, false);
    else {
      if (byte === LETTER_N) this.literal(NULL);
      else if (byte === LETTER_T) this.literal(TRUE);
      else if (byte === LETTER_F) this.literal(FALSE);
      else this.at = numberEnd(this.body.bytes, this.at);
      this.next = NEXT.commaOrEnd;
    }
  }

  private beginText(byte: number, isKey: boolean): void {
    if (byte !== QUOTE) throw notJson();
    this.text.begin(++this.at);
    this.textIsKey = isKey;
    this.next = NEXT.text;
  }

  private endText(): void {
    if (this.textIsKey) {
      this.field = this.open.at(-1) === OPEN.message ? this.find() : undefined;
      this.next = NEXT.colon;
    } else {
      if (this.field !== undefined) this.values.writeText(this.field, this.text);
      this.next = NEXT.commaOrEnd;
    }
  }

  /** The field whose name was read. */
  private find(): JsonField | undefined {
    const frame = this.frame();
    const { fields } = frame.message;
    const { source, start, end } = this.text;
    for (let tried = 0, place = frame.likely; tried < fields.length; tried++, place++) {
      if (place >= fields.length) place = 0;
      const { bytes, view } = fields[place]!;
      if (bytes.length === end - start && sameWords(view, 0, source.view, start, end)) {
        frame.likely = place + 1;
        return fields[place];
      }
    }
    return undefined;
  }

  private openRequest(message: JsonMessage): void {
    this.push(OPEN.message);
    const frame = this.newFrame();
    frame.message = message;
    frame.depth = 0;
    this.next = NEXT.memberOrEnd;
  }

  private openMessage({ message, number }: JsonField): void {
    this.at++;
    const { depth } = this.frame();
    const inner = message!;
    this.push(OPEN.message);
    const frame = this.newFrame();
    frame.depth = inner.holdsValues ? depth + 1 : depth;
    frame.message = frame.depth > VALUE_DEPTH_MAX ? UNREAD : inner;
    // What may be long, or be moved many times, is not moved.
    frame.isShort = inner.isShort && depth === 0;
    frame.start = frame.isShort ? this.out.beginShort(number) : this.out.begin(number);
    this.next = NEXT.memberOrEnd;
  }

  private openArray(what: number): void {
    this.at++;
    this.push(what);
    this.next = NEXT.elementOrEnd;
  }

  private close(byte: number): void {
    const what = this.open.pop()!;
    if (byte !== (isObject(what) ? BRACE_CLOSED : BRACKET_CLOSED)) throw notJson();
    this.at++;
    this.next = NEXT.commaOrEnd;
    if (what !== OPEN.message) return;
    const { start, isShort } = this.frame();
    if (--this.framesOpen === 0) this.next = NEXT.nothing;
    else if (isShort) this.out.endShort(start);
    else this.out.end(start);
  }

  private push(what: number): void {
    if (this.open.length === JSON_DEPTH_MAX) throw new DecodeError('body is nested too deep');
    this.open.push(what);
  }

  private frame(): Frame {
    return this.frames[this.framesOpen - 1]!;
  }

  private newFrame(): Frame {
    if (this.framesOpen === this.frames.length) this.frames.push(new Frame());
    const frame = this.frames[this.framesOpen++]!;
    frame.seen = 0;
    frame.likely = 0;
    return frame;
  }

  private bool(byte: number, field: JsonField): boolean {
    if (byte !== LETTER_T && byte !== LETTER_F) throw wrongType(field);
    this.literal(byte === LETTER_T ? TRUE : FALSE);
    return byte === LETTER_T;
  }

  private literal(word: Buffer): void {
    if (word.compare(this.body.bytes, this.at, this.at + word.length) !== 0) throw notJson();
    this.at += word.length;
  }

  /** @returns whether there may be more space after `until` */
  private skipSpace(until: number): boolean {
    const { bytes } = this.body;
    while (this.at < until) {
      const byte = bytes[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false;
      this.at++;
    }
    return true;
  }
}

/** Enough for bodies that are decoded at once; the buffer that a larger one needs is given back. */
const ROOM_BYTES_KEPT = (2 << 20) + 64;
const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const BRACE = 0x7b;
const BRACE_CLOSED = 0x7d;
const BRACKET = 0x5b;
const BRACKET_CLOSED = 0x5d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_F = 0x66;

function isObject(what: number): boolean {
  return what === OPEN.message || what === OPEN.skippedObject;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

function notJson(): DecodeError {
  return new DecodeError('body is not JSON');
}
