import type { RequestDigest } from './request-digest.ts';

/** What is remembered of an accepted request, so that it can be answered the same again. */
export interface Outcome {
  /** Spans or log records that were refused one by one. */
  readonly rejected: number;
  readonly message: string;
}

export interface RecentRequestsOptions {
  /** Requests of one generation; the last one and the one before are known. @default 65536 */
  readonly generationRequestsMax?: number;
  /** Age at which a generation ends, in milliseconds. @default 600000 */
  readonly generationMsMax?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const ALL_ACCEPTED: Outcome = { rejected: 0, message: '' };

/**
 * Requests that were accepted in the last ten to twenty minutes, as far as memory goes, and those that are being
 * accepted. A client that saw no answer sends its request again; the second is answered as the first, and not stored.
 */
export class RecentRequests {
  private readonly options: Required<RecentRequestsOptions>;
  private readonly underWay = new Map<RequestDigest, Promise<Outcome>>();
  private current = new Map<RequestDigest, Outcome>();
  private previous = new Map<RequestDigest, Outcome>();
  private currentSinceMs: number;

  constructor(options: RecentRequestsOptions = {}) {
    this.options = {
      generationRequestsMax: 65_536,
      generationMsMax: 600_000,
      now: () => performance.now(),
      ...options,
    };
    this.currentSinceMs = this.options.now();
  }

  /** Known from an earlier process. */
  remember(digest: RequestDigest, outcome: Outcome = ALL_ACCEPTED): void {
    const { generationRequestsMax, generationMsMax, now } = this.options;
    if (this.current.size >= generationRequestsMax || now() - this.currentSinceMs > generationMsMax) {
      this.previous = this.current;
      this.current = new Map();
      this.currentSinceMs = now();
    }
    this.current.set(digest, outcome.rejected === 0 ? ALL_ACCEPTED : outcome);
  }

  /** How the request was answered, or will be when it is under way; undefined for one that is not known. */
  find(digest: RequestDigest): Outcome | Promise<Outcome> | undefined {
    return this.underWay.get(digest) ?? this.current.get(digest) ?? this.previous.get(digest);
  }

  /** Remembers what `accept` answers; what it refuses may be sent again. */
  async accept(digest: RequestDigest, accept: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = accept();
    this.underWay.set(digest, outcome);
    try {
      this.remember(digest, await outcome);
      return await outcome;
    } finally {
      this.underWay.delete(digest);
    }
  }
}
