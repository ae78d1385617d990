import { callKind, isDocumentSystem } from './call-kind.ts';

/** What stands for a value that is sent apart from the text. `::` is a cast, and `10:30` a time. */
const PLACEHOLDER = /\?|\$\d|(?<!:):[A-Za-z_]|@[A-Za-z]|%s|%\(/;

/**
 * Whether a statement, as it was sent, has all its values in it: two calls of it with one text then ask for the same, and two
 * with different texts for different things. In doubt (a question mark within a string) it has not.
 *
 * @param text not normalised
 */
export function hasAllValues(text: string): boolean {
  return !PLACEHOLDER.test(text);
}

/**
 * Whether a statement in SQL has no values at all, so that every call of it asks for the same. What instrumentations leave of the
 * statements of other systems says nothing about their values.
 *
 * @param normalizedText in which every value is a `?`
 */
export function isWithoutValues(normalizedText: string, system: string): boolean {
  return !normalizedText.includes('?') && callKind(system) === 'query' && !isDocumentSystem(system);
}
