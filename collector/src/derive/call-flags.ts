/** What the bits of `spans.call_flags` mean here: 1 many at once, 2 no statement, 4 sent again. */
const MANY_AT_ONCE = 1;
const SUMMARISED = 2;
const SENT_AGAIN = 4;

/** Whether a call makes a loop when it is made again: a failed one is followed by a retry, a chunk by the next. */
export function isRepeatable(error: number, callFlags: number): boolean {
  return error === 0 && (callFlags & (MANY_AT_ONCE | SENT_AGAIN)) === 0;
}

export function isSummarised(callFlags: number): boolean {
  return (callFlags & SUMMARISED) !== 0;
}
