import { VALUE_BYTES_MAX } from './limits.ts';

/**
 * Where the path is in the old `http.target` (`/users/1?x=2`) or `http.url` (`https://host/users/1?x=2`), found in the
 * bytes of the request, so that no string is made of it. Of a text that is too long to be kept only the beginning counts.
 */
export class HttpPath {
  start = 0;
  end = 0;
  /** Place of the query string without its question mark; empty when there is none. */
  queryStart = 0;
  queryEnd = 0;

  ofTarget(bytes: Buffer, start: number, targetEnd: number): void {
    const end = Math.min(targetEnd, start + VALUE_BYTES_MAX);
    this.start = start;
    this.end = end;
    this.queryStart = end;
    this.queryEnd = end;
    for (let at = start; at < end; at++) {
      if (bytes[at] === QUESTION_MARK && this.queryStart === end) {
        this.end = at;
        this.queryStart = at + 1;
      } else if (bytes[at] === HASH) {
        this.end = Math.min(this.end, at);
        this.queryStart = Math.min(this.queryStart, at);
        this.queryEnd = at;
        return;
      }
    }
  }

  ofUrl(bytes: Buffer, start: number, urlEnd: number): void {
    const end = Math.min(urlEnd, start + VALUE_BYTES_MAX);
    let at = start;
    while (at < end && bytes[at] !== COLON && bytes[at] !== SLASH) at++;
    if (bytes[at] === COLON && bytes[at + 1] === SLASH && bytes[at + 2] === SLASH && at + 3 <= end) {
      at += 3;
      while (at < end && bytes[at] !== SLASH && bytes[at] !== QUESTION_MARK && bytes[at] !== HASH) at++;
      this.ofTarget(bytes, at, end);
    } else this.ofTarget(bytes, start, end);
  }
}

const SLASH = 0x2f;
const COLON = 0x3a;
const QUESTION_MARK = 0x3f;
const HASH = 0x23;
