import type { Store } from '../store/store.ts';
import { type Arrival, Arrivals } from './arrivals.ts';
import { recomputeMinutes, type Thresholds } from './recompute-minutes.ts';
import { selectMinuteArrivals } from './select-arrivals.ts';

export const MINUTE_POSITION = 'summarise_request_queries';

/** Minutes recomputed in one run. */
const MINUTES_PER_RUN_MAX = 120;
/** A minute that keeps changing is recomputed so that computing takes at most a tenth of the time. */
const PAUSE_TIMES_DURATION = 9;

export interface MinuteStageOptions {
  readonly store: Store;
  readonly thresholds: Thresholds;
  /** As recorded under {@link MINUTE_POSITION}. */
  readonly positionMs: number;
  /** Time of computation, later each time it is asked for. */
  readonly stampMs: () => number;
}

export interface MinuteRun {
  readonly minutes: number;
  /** Changed minutes that were left for a later run. */
  readonly backlog: number;
}

/** From changed rows of `request_queries` to whole new minutes of the rollups. */
export class MinuteStage {
  readonly #store: Store;
  readonly #thresholds: Thresholds;
  readonly #stampMs: () => number;
  readonly #arrivals: Arrivals;
  #restUntilMs = 0;

  constructor({ store, thresholds, positionMs, stampMs }: MinuteStageOptions) {
    this.#store = store;
    this.#thresholds = thresholds;
    this.#stampMs = stampMs;
    this.#arrivals = new Arrivals(positionMs);
  }

  get positionMs(): number {
    return this.#arrivals.positionMs;
  }

  /** @param isUrgent do not rest, however long the last computation took */
  async run(isUrgent: boolean): Promise<MinuteRun> {
    if (!isUrgent && performance.now() < this.#restUntilMs) return { minutes: 0, backlog: 0 };
    const fresh = this.#arrivals.fresh(await selectMinuteArrivals(this.#store, this.#arrivals.fromMs));
    const changed = new Set(fresh.map((arrival) => arrival.key));
    const taken = new Set([...changed].slice(0, MINUTES_PER_RUN_MAX));
    if (taken.size > 0) {
      const startedAtMs = performance.now();
      await recomputeMinutes(this.#store, [...taken].map(Number), this.#thresholds, this.#stampMs());
      const durationMs = performance.now() - startedAtMs;
      this.#restUntilMs = performance.now() + durationMs * PAUSE_TIMES_DURATION;
    }
    const isTaken = (arrival: Arrival) => taken.has(arrival.key);
    this.#arrivals.done(
      fresh.filter(isTaken),
      fresh.filter((arrival) => !isTaken(arrival)),
    );
    return { minutes: taken.size, backlog: changed.size - taken.size };
  }
}
