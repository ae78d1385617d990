/** What decoding must know of the configuration; the names are those of `Config`. */
export interface DecodeSettings {
  /** A request that takes this long or longer is slow, in milliseconds. */
  readonly slowRequestThresholdMs: number;
  /** Path prefixes, by whole segments, whose requests are not profiled. */
  readonly ignoredPaths: readonly string[];
  /** How long raw spans are kept, in days; what is older is rejected. */
  readonly retentionDays: number;
  /** The clock, in epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}
