export const LOOP_PATH_SEPARATOR = ' > ';

/** Names kept of a deeper path: this many from its top and as many from its bottom. */
const NAMES_KEPT_EACH_END = 8;
export const LOOP_PATH_NAME_CHARS_MAX = 64;

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
    const short = name.length > LOOP_PATH_NAME_CHARS_MAX ? name.slice(0, LOOP_PATH_NAME_CHARS_MAX) : name;
    if (folded.length === 0 || folded[folded.length - 1] !== short) folded.push(short);
  }
  if (folded.length > 2 * NAMES_KEPT_EACH_END) {
    folded.splice(NAMES_KEPT_EACH_END, folded.length - 2 * NAMES_KEPT_EACH_END, '…');
  }
  return folded.join(LOOP_PATH_SEPARATOR);
}
