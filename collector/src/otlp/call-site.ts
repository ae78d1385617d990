/** Where in an app's source a query is called. */
export interface CallSite {
  readonly filePath: string;
  /** 0 when unknown. */
  readonly lineNumber: number;
  readonly functionName: string;
}

const UNKNOWN: CallSite = { filePath: '', lineNumber: 0, functionName: '' };
const LINE_NUMBER_MAX = 0xffff_ffff;

/**
 * Takes `file:line:function` apart, from the right, since a file may hold colons itself (`C:\app\a.js`, `file:///a.js`).
 * The function may be empty, and holds no colon.
 */
export function parseCallSite(text: string): CallSite {
  const beforeFunction = text.lastIndexOf(':');
  const beforeLine = text.lastIndexOf(':', beforeFunction - 1);
  if (beforeFunction < 1 || beforeLine < 1) return UNKNOWN;
  const line = text.slice(beforeLine + 1, beforeFunction);
  if (!/^\d{1,10}$/.test(line)) return UNKNOWN;
  const lineNumber = Math.min(Number(line), LINE_NUMBER_MAX);
  return { filePath: text.slice(0, beforeLine), lineNumber, functionName: text.slice(beforeFunction + 1) };
}
