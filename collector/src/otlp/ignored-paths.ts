/**
 * Paths whose requests are not profiled, matched by whole segments: `/admin` matches `/admin` and `/admin/x`, not
 * `/administer`.
 */
export class IgnoredPaths {
  private readonly prefixes: readonly Buffer[];

  constructor(prefixes: readonly string[]) {
    this.prefixes = prefixes
      .map((prefix) => Buffer.from(prefix.replace(/\/+$/, '')))
      .filter(({ length }) => length > 0);
  }

  /** Whether the path `bytes[start..end)` is under one of them. */
  covers(bytes: Buffer, start: number, end: number): boolean {
    return this.prefixes.some((prefix) => {
      const after = start + prefix.length;
      if (after > end || (after < end && bytes[after] !== SLASH)) return false;
      return prefix.compare(bytes, start, after) === 0;
    });
  }
}

const SLASH = 0x2f;
