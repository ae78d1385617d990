const MESSAGE_CHARS_MAX = 500;
/** Nothing beyond this is looked at: the shortened text comes from the beginning. */
const READ_CHARS_MAX = 4_096;

/**
 * What varies from one occurrence of an exception to the next, or belongs to a user: quoted strings, mail addresses,
 * PostgreSQL's `(column)=(value)`, UUIDs, long hexadecimal ids, and every run of digits. A quotation mark inside a word
 * (`can't`) opens nothing. Each repetition is bounded, so that hostile messages cost linear time.
 */
const VARIABLE_PARTS = new RegExp(
  [
    String.raw`(?<!\w)"[^"\n]{0,256}"`,
    String.raw`(?<!\w)'[^'\n]{0,256}'(?!\w)`,
    '`[^`\\n]{0,256}`',
    String.raw`=\([^)\n]{0,256}\)`,
    String.raw`[\w.+-]{1,64}@[\w.-]{1,128}`,
    String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`,
    String.raw`\b(?=[a-f]{0,31}\d)[0-9a-f]{8,64}\b`,
    String.raw`\b0x[0-9a-f]{1,64}\b`,
    String.raw`\d+(?:\.\d+)*`,
  ].join('|'),
  'gi',
);

/** Replacing can bring two quotation marks together that were no pair; then it is done again. */
const PASSES_MAX = 4;

/**
 * An exception's message without its values, for grouping and for privacy: `Order 17 of 'Ann' failed` becomes
 * `Order ? of ? failed`. At most 500 characters. Normalising twice changes nothing, so that a message normalised in the app
 * is grouped with one that was not.
 */
export function normalizeMessage(message: string): string {
  let text = fold(message.slice(0, READ_CHARS_MAX));
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const next = fold(text.replace(VARIABLE_PARTS, (part) => (part.startsWith('=(') ? '=(?)' : '?'))).slice(
      0,
      MESSAGE_CHARS_MAX,
    );
    if (next === text) break;
    text = next;
  }
  return text.trimEnd();
}

function fold(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
