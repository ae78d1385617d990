/**
 * The labels of an axis, in its order, with `''` for one that reads as the one before it: two marks that look the same say
 * that nothing lies between them. Narrow scales have them, because figures and times are rounded to be read.
 */
export function axisLabels(texts: readonly string[]): string[] {
  return texts.map((text, at) => (text === texts[at - 1] ? '' : text));
}
