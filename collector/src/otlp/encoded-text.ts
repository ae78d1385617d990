import { type ByteSource, ownBytes, viewOf } from './byte-source.ts';

/** A text that is written often, with the bytes that it has in a column: its length, then UTF-8. */
export class EncodedText implements ByteSource {
  readonly text: string;
  readonly bytes: Buffer;
  readonly view: DataView;

  constructor(text: string) {
    const utf8 = Buffer.from(text);
    const head: number[] = [];
    let rest = utf8.length;
    for (; rest >= 128; rest >>>= 7) head.push((rest & 127) | 128);
    head.push(rest);
    this.text = text;
    this.bytes = ownBytes(Buffer.concat([Buffer.from(head), utf8]));
    this.view = viewOf(this.bytes);
  }
}

/** Cut on a character boundary when it has more bytes than that. */
export function cutText(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const utf8 = Buffer.from(text);
  if (utf8.length <= bytesMax) return text;
  let end = bytesMax;
  while ((utf8[end]! & 0xc0) === 0x80) end--;
  return utf8.toString('utf8', 0, end);
}

export const EMPTY_TEXT = new EncodedText('');
