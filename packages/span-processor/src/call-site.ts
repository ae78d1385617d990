import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The line of the app that a stack leads to: its innermost frame outside Node, `node_modules` and the
 * instrumentation.
 *
 *     Error
 *         at Pool.query (/shop/node_modules/pg-pool/index.js:431:9)
 *         at loadLines (file:///shop/src/orders.js:41:14)          -> src/orders.js:41:loadLines
 *         at async /shop/src/server.js:12:3
 *
 * The text of a stack is read, not its frame objects, because only the text has been through the source maps when the
 * app runs with `--enable-source-maps`.
 *
 * @param rootDirectory paths inside it are given relative to it, so that they are the same on every machine
 * @param instrumentationFile a file of the instrumentation that may stand outside `node_modules`
 * @returns `file:line:function`, the function empty for an anonymous one; '' when no frame is the app's
 */
export function callSite(stack: string, rootDirectory: string, instrumentationFile?: string): string {
  for (const line of stack.split('\n')) {
    const frame = parseFrame(line);
    if (frame === undefined || isForeign(frame.file, instrumentationFile)) continue;
    return `${shortPath(frame.file, rootDirectory)}:${frame.line}:${frame.functionName}`;
  }
  return '';
}

/** The stack above `caller`, as text; '' when the app has replaced how stacks are made. */
export function captureStack(caller: CallableFunction): string {
  const framesMax = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = FRAMES_MAX;
  Error.captureStackTrace(holder, caller as (...args: never) => unknown);
  const { stack } = holder;
  Error.stackTraceLimit = framesMax;
  return typeof stack === 'string' ? stack : '';
}

/** An ORM puts up to 30 frames between the app and its driver, most of them asynchronous. */
const FRAMES_MAX = 64;
const FRAME = /^\s*at (?:(.*?) \()?(?:async )?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*?):(\d+):\d+\)?$/;

interface Frame {
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
}

function parseFrame(line: string): Frame | undefined {
  const match = FRAME.exec(line);
  if (match === null) return undefined;
  const [, called = '', location = '', lineNumber = ''] = match;
  const file = location.startsWith('file://') ? fileURLToPath(location) : location;
  return { functionName: functionName(called), file, line: Number(lineNumber) };
}

/** `async loadLines` and `Object.loadLines [as handler]` are `loadLines`; an anonymous function has no name. */
function functionName(called: string): string {
  const name = called
    .replace(/^(?:async |new )+/, '')
    .replace(/ \[as .*\]$/, '')
    .replace(/^(?:Object|Module|Function)\./, '');
  return name.includes('<anonymous>') ? '' : name;
}

function isForeign(file: string, instrumentationFile: string | undefined): boolean {
  return file.includes(`${sep}node_modules${sep}`) || file === instrumentationFile;
}

function shortPath(file: string, rootDirectory: string): string {
  const path = relative(rootDirectory, file);
  const outside = path.startsWith('..') || isAbsolute(path);
  return outside ? file : path.split(sep).join('/');
}
