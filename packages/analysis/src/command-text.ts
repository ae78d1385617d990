import { callKind, isDocumentSystem } from './call-kind.ts';

/**
 * A statement that is no SQL, brought to where what the SQL lexer makes of it has no value left and the same shape for the same
 * command. A statement in SQL comes back as it is.
 *
 *     GET user:42 [2 other arguments]                   GET user:?
 *     {"find":"users","filter":{"_id":42}}              find users {"filter":{"_id":"?"}}
 *
 * A text of this shape is not changed again.
 */
export function commandText(text: string, dbSystem: string): string {
  if (callKind(dbSystem) === 'cache') return cacheCommand(text);
  if (isDocumentSystem(dbSystem)) return documentShape(text);
  return text;
}

const COMMAND = /^\s*([A-Za-z][\w.]{0,31})(?:\s+(\S+))?/;
const KEY_PREFIX = /^([A-Za-z]{1,32}[:/.|_#-])./;

/** The command and the first part of its key, up to what parts it from the rest. */
function cacheCommand(text: string): string {
  const [, command, key] = COMMAND.exec(text) ?? [];
  if (command === undefined) return text;
  if (key === undefined) return command;
  return `${command} ${KEY_PREFIX.exec(key)?.[1] ?? ''}?`;
}

/** A string with what follows it when that makes it a name, or a bare value. */
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|(?<=[[:,\s])(?:-?\d[\w.+-]*|true|false|null)(?=[\],}\s]|$)/gs;
const REPEATED_ELEMENT = /("\?")(?:\s*,\s*"\?")+/g;

/**
 * What a call of a database asks that carries no statement: its operation and what it is done to. Not of SQL, where many different
 * statements do one thing to one table.
 *
 * @returns '' when that says too little
 */
export function operationText(dbSystem: string, operation: string, collection: string): string {
  if (operation === '') return '';
  if (callKind(dbSystem) === 'cache') return operation;
  return isDocumentSystem(dbSystem) && collection !== '' ? `${operation} ${collection}` : '';
}

/** The command of a document that is one: of it, the value is the collection. */
const COMMAND_OF_DOCUMENT =
  /^\s*\{\s*"(aggregate|count|delete|distinct|find|findAndModify|insert|mapReduce|update)"\s*:\s*"([A-Za-z_][\w.$-]{0,63})"\s*,?/;

/** Names stay, and the collection of a command stands before it; other values become `"?"`. */
function documentShape(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text;
  const [head = '', command, collection] = COMMAND_OF_DOCUMENT.exec(text) ?? [];
  const shape = text
    .slice(head.length)
    .replace(JSON_TOKEN, (token, colon: string | undefined) => (colon === undefined ? '"?"' : token));
  const values = shape.replace(REPEATED_ELEMENT, '$1');
  return command === undefined ? values : `${command} ${collection} {${values}`;
}
