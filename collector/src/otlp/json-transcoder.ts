import { type ByteSource, byteSource } from './byte-source.ts';
import { DecodeError } from './decode-error.ts';
import { JsonFrames } from './json-frames.ts';
import { numberEnd } from './json-number.ts';
import { JSON_KIND, type JsonField, type JsonMessage } from './json-schema.ts';
import { BYTE, FALSE, hasByteOrderMark, isDigit, isSpace, NULL, TRUE } from './json-syntax.ts';
import { JsonText } from './json-text.ts';
import { JsonValueWriter, wrongType } from './json-value-writer.ts';
import { JSON_DEPTH_MAX } from './limits.ts';
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
  private readonly frames = new JsonFrames();
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
    this.frames.clear();
    this.out.open(this.room(body.length));
    while (this.skipSpace(this.at + STEP_BYTES)) yield;
    if (body[this.at++] !== BYTE.brace) throw new DecodeError('body is not a JSON object');
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
        if (byte !== BYTE.comma) this.close(byte);
        else {
          this.at++;
          this.next = isObject(this.open.at(-1)!) ? NEXT.key : NEXT.element;
        }
        return;
      case NEXT.memberOrEnd:
        if (byte === BYTE.braceClosed) this.close(byte);
        else this.beginText(byte, true);
        return;
      case NEXT.key:
        this.beginText(byte, true);
        return;
      case NEXT.colon:
        if (byte !== BYTE.colon) throw notJson();
        this.at++;
        this.next = NEXT.value;
        return;
      case NEXT.elementOrEnd:
        if (byte === BYTE.bracketClosed) this.close(byte);
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
    if (byte === BYTE.n) {
      this.literal(NULL);
      this.next = NEXT.commaOrEnd;
      return;
    }
    this.frames.innermost.see(field);
    if (field.kind === JSON_KIND.message) {
      if (byte !== BYTE.brace) throw wrongType(field);
      this.openMessage(field);
    } else if (field.kind === JSON_KIND.messages) {
      if (byte !== BYTE.bracket) throw wrongType(field);
      this.frames.innermost.arrayField = field;
      this.openArray(OPEN.messages);
    } else if (byte === BYTE.quote) this.beginText(byte, false);
    else if (field.kind === JSON_KIND.bool) {
      this.values.writeBool(field, this.bool(byte, field));
      this.next = NEXT.commaOrEnd;
    } else {
      if (byte !== BYTE.minus && !isDigit(byte)) throw wrongType(field);
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
    const field = this.frames.innermost.arrayField!;
    if (byte === BYTE.brace) this.openMessage(field);
    else if (byte === BYTE.n && field.message!.mayBeNull) {
      this.literal(NULL);
      this.out.end(this.out.begin(field.number));
      this.next = NEXT.commaOrEnd;
    } else throw wrongType(field);
  }

  private skipValue(byte: number): void {
    this.field = undefined;
    if (byte === BYTE.brace) {
      this.at++;
      this.push(OPEN.skippedObject);
      this.next = NEXT.memberOrEnd;
    } else if (byte === BYTE.bracket) this.openArray(OPEN.skippedArray);
    else if (byte === BYTE.quote) this.beginText(byte, false);
    else {
      if (byte === BYTE.n) this.literal(NULL);
      else if (byte === BYTE.t) this.literal(TRUE);
      else if (byte === BYTE.f) this.literal(FALSE);
      else this.at = numberEnd(this.body.bytes, this.at);
      this.next = NEXT.commaOrEnd;
    }
  }

  private beginText(byte: number, isKey: boolean): void {
    if (byte !== BYTE.quote) throw notJson();
    this.text.begin(++this.at);
    this.textIsKey = isKey;
    this.next = NEXT.text;
  }

  private endText(): void {
    if (this.textIsKey) {
      this.field = this.open.at(-1) === OPEN.message ? this.frames.innermost.find(this.text) : undefined;
      this.next = NEXT.colon;
    } else {
      if (this.field !== undefined) this.values.writeText(this.field, this.text);
      this.next = NEXT.commaOrEnd;
    }
  }

  private openRequest(message: JsonMessage): void {
    this.push(OPEN.message);
    this.frames.push(message);
    this.next = NEXT.memberOrEnd;
  }

  private openMessage({ message, number }: JsonField): void {
    this.at++;
    this.push(OPEN.message);
    // What may be long, or be moved many times, is not moved.
    const isShort = message!.isShort && this.frames.innermost.depth === 0;
    const frame = this.frames.push(message!);
    frame.isShort = isShort;
    frame.start = isShort ? this.out.beginShort(number) : this.out.begin(number);
    this.next = NEXT.memberOrEnd;
  }

  private openArray(what: number): void {
    this.at++;
    this.push(what);
    this.next = NEXT.elementOrEnd;
  }

  private close(byte: number): void {
    const what = this.open.pop()!;
    if (byte !== (isObject(what) ? BYTE.braceClosed : BYTE.bracketClosed)) throw notJson();
    this.at++;
    this.next = NEXT.commaOrEnd;
    if (what !== OPEN.message) return;
    const { start, isShort } = this.frames.innermost;
    if (this.frames.pop()) this.next = NEXT.nothing;
    else if (isShort) this.out.endShort(start);
    else this.out.end(start);
  }

  private push(what: number): void {
    if (this.open.length === JSON_DEPTH_MAX) throw new DecodeError('body is nested too deep');
    this.open.push(what);
  }

  private bool(byte: number, field: JsonField): boolean {
    if (byte !== BYTE.t && byte !== BYTE.f) throw wrongType(field);
    this.literal(byte === BYTE.t ? TRUE : FALSE);
    return byte === BYTE.t;
  }

  private literal(word: Buffer): void {
    for (const letter of word) if (this.body.bytes[this.at++] !== letter) throw notJson();
  }

  /** @returns whether there may be more space after `until` */
  private skipSpace(until: number): boolean {
    const { bytes } = this.body;
    while (this.at < until) {
      if (!isSpace(bytes[this.at])) return false;
      this.at++;
    }
    return true;
  }
}

/** Enough for bodies that are decoded at once; the buffer that a larger one needs is given back. */
const ROOM_BYTES_KEPT = (2 << 20) + 64;

function isObject(what: number): boolean {
  return what === OPEN.message || what === OPEN.skippedObject;
}

function notJson(): DecodeError {
  return new DecodeError('body is not JSON');
}
