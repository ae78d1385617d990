/**
 * A command to MongoDB as text: the command with its collection, and the shape of what is asked; no value.
 *
 *     { find: 'lines', filter: { order: 7, size: { $in: [1, 2] } } }
 *     {"find":"lines","filter":{"order":"?","size":{"$in":["?"]}}}
 *
 * The instrumentation's own text has the collection as a `?`, too, so that the same filter on two collections would be
 * one query.
 */
export function mongodbStatement(command: Readonly<Record<string, unknown>>): string {
  const [name] = Object.keys(command);
  const text = JSON.stringify(command, function (this: unknown, key, value: unknown) {
    if (this === command && key === name && typeof value === 'string') return value;
    return shapeOf(value);
  });
  return text.length <= TEXT_CHARS_MAX ? text : text.slice(0, TEXT_CHARS_MAX);
}

const TEXT_CHARS_MAX = 4_096;

/** Plain objects, maps and lists are looked into, and of a list one element stands for all; anything else is a value. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1);
  if (value instanceof Map) return Object.fromEntries(value);
  const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null ? value : '?';
}
