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
