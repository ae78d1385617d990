/**
 * What a person calls a query: its command and its first table, as in `SELECT order_items`. Read from the normalised
 * text; a text that has no such parts is its own summary, cut short.
 */
const SUMMARY_CHARACTERS_MAX = 80;
const NAME = '["`\\[]?([\\w$]+(?:["`\\]]?\\.["`\\[]?[\\w$]+)*)';
const TABLE_AFTER: Readonly<Record<string, RegExp>> = {
  SELECT: new RegExp(`\\bFROM\\s+(?:ONLY\\s+)?${NAME}`, 'i'),
  WITH: new RegExp(`\\bFROM\\s+(?:ONLY\\s+)?${NAME}`, 'i'),
  DELETE: new RegExp(`\\bFROM\\s+(?:ONLY\\s+)?${NAME}`, 'i'),
  INSERT: new RegExp(`\\bINTO\\s+${NAME}`, 'i'),
  REPLACE: new RegExp(`\\bINTO\\s+${NAME}`, 'i'),
  MERGE: new RegExp(`\\bINTO\\s+${NAME}`, 'i'),
  UPDATE: new RegExp(`^\\s*UPDATE\\s+(?:ONLY\\s+)?${NAME}`, 'i'),
  CALL: new RegExp(`^\\s*CALL\\s+${NAME}`, 'i'),
};

export function querySummary(text: string): string {
  const command = /^\s*(\w+)/.exec(text)?.[1] ?? '';
  const table = TABLE_AFTER[command.toUpperCase()]?.exec(text)?.[1];
  if (table !== undefined) return `${command.toUpperCase()} ${table.replace(/["`[\]]/g, '')}`;
  return text.length <= SUMMARY_CHARACTERS_MAX ? text : `${text.slice(0, SUMMARY_CHARACTERS_MAX - 1)}…`;
}
