/** A span that is ready to be sent, by whichever path it was made. */
export interface Sendable {
  /** Sends these, all made by the same path, as one body. */
  readonly send: (together: readonly Sendable[], url: string) => Promise<void>;
}
