import type { QueryParams } from './store.ts';

/**
 * Values as text that SQL can hold. A literal consists of letters, digits and a few marks; every other byte is written
 * `\xHH`, so that no value, whatever it contains, can end the literal or the statement around it.
 */
export function stringLiteral(value: string): string {
  let text = '';
  for (const byte of Buffer.from(value, 'utf8')) {
    text += SAFE.has(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `'${text}'`;
}

const SAFE = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ .,:-/()'));

/** A bound parameter as ClickHouse's HTTP interface expects it in `param_...`, and `SET param_...` in its literal. */
export function parameterText(value: QueryParams[string]): string {
  if (Array.isArray(value)) return `[${value.map(elementText).join(',')}]`;
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return escapeText(value);
  return String(value);
}

function elementText(value: string | number): string {
  return typeof value === 'string' ? `'${escapeText(value)}'` : String(value);
}

function escapeText(value: string): string {
  return value.replace(/[\\'\t\n\r\0]/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
};

/** Names of the parameters that a statement asks for, as `{name:Type}`. */
export function parameterNames(sql: string): Set<string> {
  return new Set([...sql.matchAll(/\{\s*(\w+)\s*:/g)].map((match) => match[1]!));
}
