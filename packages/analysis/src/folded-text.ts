/** A list whose equal neighbours fold: the elements of `IN (...)` or `[...]`, or the rows of `VALUES (...), (...)`. */
export interface FoldedList {
  readonly isRows: boolean;
  /** Open brackets around an element. */
  readonly depth: number;
  /** What stands before the list. */
  readonly outer: string;
  /** The elements so far, without repeats. */
  listed: string;
  elements: number;
  last: string;
  /** Of rows: in one, after one, or after the comma that follows one. */
  at: 'element' | 'after' | 'comma';
  spaceBeforeComma: boolean;
}

/** Lists inside lists beyond this depth are copied as they are, so that comparing their elements stays linear. */
const DEPTH_MAX = 8;

/** The text being written: white space folded, the elements of open lists kept apart until they can be compared. */
export class FoldedText {
  /** White space precedes what is written next, unless nothing precedes that. */
  spaceBefore = false;
  /** A semicolon does. */
  semicolonBefore = false;
  readonly #source: string;
  /** What has been written: of the innermost open list, its current element. Behind it, what is still to be copied. */
  #out = '';
  /** Stretch of the source that is to be copied as it is: most of a text is, and goes in few pieces. */
  #copyFrom = 0;
  #copyTo = 0;
  readonly #lists: FoldedList[] = [];
  #list: FoldedList | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** The innermost open list. */
  get list(): FoldedList | undefined {
    return this.#list;
  }

  get hasRoomForList(): boolean {
    return this.#lists.length < DEPTH_MAX;
  }

  /** Whether nothing has been written, of the innermost open list's current element if there is one. */
  get isEmpty(): boolean {
    return this.#out === '' && this.#copyTo === this.#copyFrom;
  }

  write(piece: string): void {
    this.separate();
    this.#out += piece;
  }

  /** Writes a stretch of the source. */
  copy(start: number, end: number): void {
    const gap = start - this.#copyTo;
    const isNext = this.#copyTo > this.#copyFrom && !this.semicolonBefore;
    const isOneSpace = gap === 1 && this.spaceBefore && this.#source.charCodeAt(this.#copyTo) === 32;
    if (isNext && (isOneSpace || (gap === 0 && !this.spaceBefore))) {
      this.spaceBefore = false;
    } else {
      this.separate();
      this.#copyFrom = start;
    }
    this.#copyTo = end;
  }

  /** Writes what separates the next token from what has been written. */
  separate(): void {
    this.#flush();
    if (this.#out !== '') {
      if (this.semicolonBefore) this.#out += ';';
      if (this.spaceBefore) this.#out += ' ';
    }
    this.semicolonBefore = false;
    this.spaceBefore = false;
  }

  openList(isRows: boolean, depth: number): void {
    this.#flush();
    this.#list = {
      isRows,
      depth,
      outer: this.#out,
      listed: '',
      elements: 0,
      last: '',
      at: 'element',
      spaceBeforeComma: false,
    };
    this.#lists.push(this.#list);
    this.#out = '';
  }

  /** Ends the current element, which goes when it equals the one before. */
  endElement(): void {
    const list = this.#list!;
    this.#flush();
    if (list.elements === 0 || this.#out !== list.last) {
      list.listed += list.elements === 0 ? this.#out : `, ${this.#out}`;
      list.last = this.#out;
    }
    list.elements++;
    this.#out = '';
  }

  /** Ends the innermost list, the current element of which is empty. */
  closeList(): void {
    const { outer, listed } = this.#list!;
    this.#out = outer + listed;
    this.#pop();
  }

  /** What was taken for a list is none: its only element so far, which is empty, is dropped. */
  dropList(): void {
    this.#out = this.#list!.outer;
    this.#pop();
  }

  /** The text ends (or a statement does) inside lists: a text cut off in its tenth row is the text cut off in its third. */
  closeLists(): void {
    this.#flush();
    while (this.#list) {
      const list = this.#list;
      const isCutRepeat = list.isRows && list.elements > 0 && list.last.startsWith(this.#out);
      if (this.#out !== '' && !isCutRepeat) this.endElement();
      else if (list.elements > 1 && list.last === '') list.listed = list.listed.slice(0, -2);
      this.closeList();
    }
  }

  /** What has been written, all lists being closed. */
  toString(): string {
    this.#flush();
    return this.#out;
  }

  #pop(): void {
    this.#lists.pop();
    this.#list = this.#lists.at(-1);
  }

  #flush(): void {
    if (this.#copyTo > this.#copyFrom) this.#out += this.#source.slice(this.#copyFrom, this.#copyTo);
    this.#copyFrom = this.#copyTo;
  }
}
