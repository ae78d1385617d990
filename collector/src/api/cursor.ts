/**
 * A keyset cursor: where the last row of a page stood in its order, so that rows which come meanwhile neither repeat nor
 * hide others. Opaque to a client; every part is a value, never SQL.
 */
export type CursorPart = 'integer' | 'number' | 'text';

const PATTERNS: Readonly<Record<CursorPart, RegExp>> = {
  integer: /^\d{1,20}$/,
  number: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/,
  text: /^[\s\S]{0,4000}$/,
};

export class CursorError extends Error {
  constructor() {
    super('the nextCursor of an earlier answer of the same list');
    this.name = 'CursorError';
  }
}

export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * `undefined` when there is no cursor.
 * @throws {CursorError} when it is none of ours
 */
export function decodeCursor(text: string | undefined, kinds: readonly CursorPart[]): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const parts = parse(text);
  if (!Array.isArray(parts) || parts.length !== kinds.length) throw new CursorError();
  if (!kinds.every((kind, i) => typeof parts[i] === 'string' && PATTERNS[kind].test(parts[i]))) throw new CursorError();
  return parts;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
