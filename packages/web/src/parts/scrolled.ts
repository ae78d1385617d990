// Texts from spans have any length. What shows one wraps it and, from some lines on, scrolls; what scrolls must be reached
// by the keyboard, and what does not is no stop on the way.

/** Fewer than fit, in the narrowest column, in any element that scrolls (`max-height` in look/details.css). */
const CHARACTERS_MAX = 150;
const LINES_MAX = 4;

/** Attributes of the element that shows `text`. */
export function scrolled(text: string): { tabIndex?: 0 } {
  const isLong = text.length > CHARACTERS_MAX || text.split('\n', LINES_MAX + 1).length > LINES_MAX;
  return isLong ? { tabIndex: 0 } : {};
}
