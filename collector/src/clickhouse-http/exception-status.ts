/** HTTP status of ClickHouse's exceptions, as its own server gives it; 500 for all that are not the caller's fault. */
export function exceptionStatus(code: number): number {
  return STATUS.get(code) ?? 500;
}

const STATUS = new Map<number, number>([
  ...([36, 43, 44, 46, 47, 53, 57, 62, 115, 386, 456, 457, 41, 26, 27, 6, 117, 42, 49] as const).map(
    (code) => [code, 400] as const,
  ),
  ...([60, 81, 82] as const).map((code) => [code, 404] as const),
  [164, 403],
  [497, 403],
  [516, 401],
  [159, 408],
  [202, 503],
  [241, 500],
  [48, 501],
]);
