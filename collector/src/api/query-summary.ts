import { queryStructure } from '@profiler/analysis';

const TEXT_CHARS_MAX = 80;

/**
 * What a person calls a query: `db.query.summary` by the semantic convention, as in `SELECT order_items`. A text without
 * operations and targets is its own summary, cut short.
 *
 * @param text normalised, so that no value can get into a summary
 * @param system value of `db.system.name`
 */
export function querySummary(text: string, system = ''): string {
  const { summary } = queryStructure(text, system);
  if (summary !== '') return summary;
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX - 1)}…`;
}
