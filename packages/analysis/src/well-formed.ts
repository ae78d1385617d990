/** The text with U+FFFD for each half of a surrogate pair, as it arrives when it is sent in UTF-8. */
export function wellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed();
}
