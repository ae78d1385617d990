import { isSymbol, isWord, type SqlToken, sqlTokens } from '../store/sql-tokens.ts';

/**
 * An `INSERT` whose rows come with the request, taken apart:
 *
 *     INSERT INTO t (a, b) [SETTINGS ...] FORMAT JSONEachRow | rows
 *     INSERT INTO t (a, b) [SETTINGS ...] VALUES | (1, 2), ...
 *     INSERT INTO t (a, b) [SETTINGS ...] SELECT ... FROM input('a String, b UInt8') ... FORMAT Native | block
 *
 * Rows must not stay in the statement: the embedded engine ends inline data at a blank line and runs the rest as SQL.
 */
export interface InsertWithData {
  /** `INSERT INTO t (a, b) SETTINGS ...`, without what follows. */
  readonly head: string;
  /** As written: `t`, `db.t`. */
  readonly table: string;
  /** As written, without the parentheses; undefined when all columns are meant. */
  readonly columns: string | undefined;
  readonly format: string;
  /** The query over `input(...)`, cut around it; undefined when rows go into the table as they are. */
  readonly select: { readonly before: string; readonly structure: string; readonly after: string } | undefined;
  /** Where in the text the rows begin. */
  readonly dataStart: number;
}

/** Undefined for any statement that brings no rows: it can run as it is. */
export function insertWithData(text: string): InsertWithData | undefined {
  const cursor = new Cursor(text);
  if (!cursor.takeWord('INSERT') || !cursor.takeWord('INTO')) return undefined;
  cursor.takeWord('TABLE');
  const table = takeName(cursor);
  if (table === undefined) return undefined;
  const columns = takeParentheses(cursor, text);
  if (isWord(cursor.next, 'SETTINGS')) skipSettings(cursor);
  const head = text.slice(0, cursor.next?.start ?? text.length).trimEnd();
  const start = cursor.next;
  if (start === undefined) return undefined;
  if (cursor.takeWord('VALUES')) {
    return { head, table, columns, format: 'Values', select: undefined, dataStart: start.end };
  }
  if (isWord(start, 'FORMAT')) {
    const format = takeFormat(cursor, text);
    return format && { head, table, columns, select: undefined, ...format };
  }
  if (!isWord(start, 'SELECT', 'WITH')) return undefined;
  return takeSelect(cursor, text, { head, table, columns });
}

function takeSelect(
  cursor: Cursor,
  text: string,
  insert: Pick<InsertWithData, 'head' | 'table' | 'columns'>,
): InsertWithData | undefined {
  const selectStart = cursor.next!.start;
  let input: { readonly start: number; readonly end: number; readonly structure: string } | undefined;
  for (let depth = 0; cursor.next !== undefined; ) {
    const token = cursor.take()!;
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    if (isWord(token, 'INPUT') && isSymbol(cursor.next, '(')) {
      cursor.take();
      const structure = cursor.take();
      const close = cursor.take();
      if (structure?.kind !== 'string' || !isSymbol(close, ')')) return undefined;
      input = { start: token.start, end: close!.end, structure: structure.text };
    }
    if (depth === 0 && input !== undefined && isWord(cursor.next, 'FORMAT')) {
      const select = {
        before: text.slice(selectStart, input.start),
        structure: input.structure,
        after: text.slice(input.end, cursor.next!.start),
      };
      const format = takeFormat(cursor, text);
      return format && { ...insert, select, ...format };
    }
  }
  return undefined;
}

/** `FORMAT Name`: the rows begin after the rest of that line, when nothing but blanks is on it, else right behind. */
function takeFormat(cursor: Cursor, text: string): { format: string; dataStart: number } | undefined {
  cursor.take();
  const name = cursor.take(false);
  if (name?.kind !== 'word') return undefined;
  const blank = /[ \t\r]*\n?/y;
  blank.lastIndex = name.end;
  blank.exec(text);
  return { format: name.text, dataStart: blank.lastIndex };
}

function takeName(cursor: Cursor): string | undefined {
  const first = cursor.take();
  if (first?.kind !== 'word' && first?.kind !== 'quoted') return undefined;
  if (!isSymbol(cursor.next, '.')) return first.text;
  cursor.take();
  const second = cursor.take();
  return second?.kind === 'word' || second?.kind === 'quoted' ? `${first.text}.${second.text}` : undefined;
}

function takeParentheses(cursor: Cursor, text: string): string | undefined {
  if (!isSymbol(cursor.next, '(')) return undefined;
  const start = cursor.take()!.end;
  while (cursor.next !== undefined && !isSymbol(cursor.next, ')')) cursor.take();
  return text.slice(start, cursor.take()?.start);
}

function skipSettings(cursor: Cursor): void {
  do {
    cursor.take();
    while (cursor.next !== undefined && !isSymbol(cursor.next, ',')) {
      if (isWord(cursor.next, 'FORMAT', 'VALUES', 'SELECT', 'WITH')) return;
      cursor.take();
    }
  } while (cursor.next !== undefined);
}

/** One token ahead of where one reads. */
class Cursor {
  next: SqlToken | undefined;
  readonly #tokens: Iterator<SqlToken, void, undefined>;

  constructor(text: string) {
    this.#tokens = sqlTokens(text);
    this.take();
  }

  /** `ahead: false` leaves what follows unread: it may be binary. */
  take(ahead = true): SqlToken | undefined {
    const taken = this.next;
    this.next = ahead ? (this.#tokens.next().value ?? undefined) : undefined;
    return taken;
  }

  takeWord(word: string): boolean {
    const is = isWord(this.next, word);
    if (is) this.take();
    return is;
  }
}
