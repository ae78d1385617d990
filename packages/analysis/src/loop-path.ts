export const LOOP_PATH_SEPARATOR = ' > ';

/** Names kept of a deeper path: this many from its top and as many from its bottom. */
const NAMES_KEPT_EACH_END = 8;
const NAME_CHARS_MAX = 64;

/** A number, or a long identifier, that stands for itself between separators: `users.0.name`, `job #12`, `GET /users/7`. */
const TURN = /(?<![\w])(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9a-f]*\d)[0-9a-f]{16,})(?![\w])/gi;

/**
 * A span's name as a path has it: short, and without what only numbers the turns of a loop, so that `resolve users.0.name` and
 * `resolve users.1.name` are one place. A digit that belongs to a word stays: `step1` and `step2` are two.
 */
export function pathName(name: string): string {
  const short = name.length > NAME_CHARS_MAX ? name.slice(0, NAME_CHARS_MAX) : name;
  return hasDigit(short) ? short.replace(TURN, '{n}') : short;
}

function hasDigit(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 48 && unit <= 57) return true;
  }
  return false;
}

/**
 * Where in a request a query runs, as the names of the spans between the two:
 *
 *     entry span  GET /orders          (not part of it)
 *       handler                        handler
 *         loadItems  loadItems  ...      > loadItems     one path for all of them: a loop
 *           SELECT     SELECT            (not part of it)
 *
 * @param names from below the entry span down to the query's parent
 * @returns '' for a query right under the entry span; at most 1,120 characters
 */
export function loopPath(names: readonly string[]): string {
  const folded: string[] = [];
  for (const name of names) {
    const short = pathName(name);
    if (folded.length === 0 || folded[folded.length - 1] !== short) folded.push(short);
  }
  if (folded.length > 2 * NAMES_KEPT_EACH_END) {
    folded.splice(NAMES_KEPT_EACH_END, folded.length - 2 * NAMES_KEPT_EACH_END, '…');
  }
  return folded.join(LOOP_PATH_SEPARATOR);
}
