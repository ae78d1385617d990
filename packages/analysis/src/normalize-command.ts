/** A command by itself: letters, and what modules add to them (`JSON.SET`). */
const COMMAND = /^[A-Za-z][\w.-]{0,63}$/;
/** A key of which only the kind is left: see `commandText`. */
const SHAPED_KEY = /^[A-Za-z]{1,32}[:/.|_#-]\?$/;
const SUBCOMMAND = /^[A-Za-z-]{1,24}$/;

/** Commands whose first argument says what they do. */
const WITH_SUBCOMMAND = new Set(
  'ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO'.split(
    ' ',
  ),
);

/**
 * A command of Redis or Memcached without its arguments, for keys hold values too: `HSET user:17 name Ann` is `HSET ?`. Of
 * several commands in one text, the first. Normalising twice changes nothing.
 */
export function normalizeCommand(text: string): string {
  const [first = '', second = '', more] = words(text);
  if (first === '') return '';
  if (!COMMAND.test(first)) return '?';
  if (second === '') return first;
  if (SHAPED_KEY.test(second)) return `${first} ${second}`;
  if (!WITH_SUBCOMMAND.has(first.toUpperCase()) || !SUBCOMMAND.test(second)) return `${first} ?`;
  return more === undefined ? `${first} ${second}` : `${first} ${second} ?`;
}

/** The first three at most: what follows may be long. */
function words(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(/[^\0- ]+/g)) if (found.push(word) === 3) break;
  return found;
}
