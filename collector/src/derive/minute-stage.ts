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
  /** As recorded under {@link MINUTE_POSITION}; asked once, when it first runs. */
  readonly readPositionMs: () => Promise<number>;
  /** Time of computation, later each time it is asked for. */
  readonly stampMs: () => number;
  /**
   * Where every change is told by {@link MinuteStage.changed}: what was inserted before this is asked of the store, once.
   * Undefined where others insert too, and the store is asked each time.
   */
  readonly toldFromMs?: number | undefined;
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
  readonly #readPositionMs: () => Promise<number>;
  #arrivals = new Arrivals(0);
  readonly #toldFromMs: number | undefined;
  /** Changes that were told and not worked on, by minute: the times of the first and the last. */
  readonly #told = new Map<string, { readonly firstMs: number; readonly lastMs: number }>();
  /** Whether the recorded position is known: before that, none must be recorded. */
  isOpen = false;
  #lastToldMs = 0;
  #restUntilMs = 0;

  constructor({ store, thresholds, readPositionMs, stampMs, toldFromMs }: MinuteStageOptions) {
    this.#store = store;
    this.#thresholds = thresholds;
    this.#stampMs = stampMs;
    this.#toldFromMs = toldFromMs;
    this.#readPositionMs = readPositionMs;
  }

  get positionMs(): number {
    if (this.#toldFromMs === undefined) return this.#arrivals.positionMs;
    let positionMs = this.#lastToldMs;
    for (const { firstMs } of this.#told.values()) positionMs = Math.min(positionMs, firstMs - 1);
    return positionMs;
  }

  /** Minutes that are known to have changed since they were computed; those that others changed are not. */
  get changedMinutes(): number {
    return this.#told.size;
  }

  /** @param minutes epoch seconds, whose request queries were inserted at that time */
  changed(minutes: Iterable<number>, insertedAtMs: number): void {
    this.#lastToldMs = Math.max(this.#lastToldMs, insertedAtMs);
    for (const minute of minutes) {
      const firstMs = this.#told.get(String(minute))?.firstMs ?? insertedAtMs;
      this.#told.set(String(minute), { firstMs, lastMs: insertedAtMs });
    }
  }

  /** @param isUrgent do not rest, however long the last computation took */
  async run(isUrgent: boolean): Promise<MinuteRun> {
    if (!isUrgent && performance.now() < this.#restUntilMs) return { minutes: 0, backlog: 0 };
    if (!this.isOpen) await this.#open();
    return this.#toldFromMs === undefined ? this.#runAsked() : this.#runTold();
  }

  async #runAsked(): Promise<MinuteRun> {
    const fresh = this.#arrivals.fresh(await selectMinuteArrivals(this.#store, this.#arrivals.fromMs));
    const changed = new Set(fresh.map((arrival) => arrival.key));
    const taken = new Set([...changed].slice(0, MINUTES_PER_RUN_MAX));
    await this.#recompute(taken);
    const isTaken = (arrival: Arrival) => taken.has(arrival.key);
    this.#arrivals.done(
      fresh.filter(isTaken),
      fresh.filter((arrival) => !isTaken(arrival)),
    );
    return { minutes: taken.size, backlog: changed.size - taken.size };
  }

  async #runTold(): Promise<MinuteRun> {
    const taken = new Map([...this.#told].slice(0, MINUTES_PER_RUN_MAX));
    const backlog = this.#told.size - taken.size;
    await this.#recompute(new Set(taken.keys()));
    for (const [minute, { lastMs }] of taken) {
      const now = this.#told.get(minute)!;
      this.#told.delete(minute);
      // It changed again meanwhile; now it goes behind the others.
      if (now.lastMs !== lastMs) this.#told.set(minute, { firstMs: lastMs + 1, lastMs: now.lastMs });
    }
    return { minutes: taken.size, backlog };
  }

  async #open(): Promise<void> {
    const positionMs = await this.#readPositionMs();
    this.#arrivals = new Arrivals(positionMs);
    if (this.#toldFromMs !== undefined) {
      for (const { key, atMs } of await selectMinuteArrivals(this.#store, positionMs + 1, this.#toldFromMs)) {
        const known = this.#told.get(key);
        const firstMs = Math.min(atMs, known?.firstMs ?? atMs);
        this.#told.set(key, { firstMs, lastMs: known?.lastMs ?? atMs });
      }
      this.#lastToldMs = Math.max(this.#lastToldMs, positionMs);
    }
    this.isOpen = true;
  }

  async #recompute(minutes: ReadonlySet<string>): Promise<void> {
    if (minutes.size === 0) return;
    const startedAtMs = performance.now();
    await recomputeMinutes(this.#store, [...minutes].map(Number), this.#thresholds, this.#stampMs());
    const durationMs = performance.now() - startedAtMs;
    this.#restUntilMs = performance.now() + durationMs * PAUSE_TIMES_DURATION;
  }
}
