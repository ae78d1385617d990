import type { Attributes } from '@opentelemetry/api';

/** The first of these attributes that is a text, or a list of texts (its elements, with commas); '' when there is none. */
export function textOf(attributes: Attributes, ...keys: readonly string[]): string {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') return value;
    if (Array.isArray(value) && value.length > 0) return value.join(',');
  }
  return '';
}

/** The first of these attributes that is a number, or the text of one; NaN when there is none. */
export function numberOf(attributes: Attributes, ...keys: readonly string[]): number {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && value !== '') return Number(value);
  }
  return Number.NaN;
}
