import type { ArrivalClock } from '../store/arrival-clock.ts';
import type { Store } from '../store/store.ts';
import { readProgress } from './progress.ts';
import { hoursOf, recomputeHours } from './recompute-hours.ts';
import { recomputeMinutes, type Thresholds } from './recompute-minutes.ts';
import { RollupStage } from './rollup-stage.ts';
import { selectHourArrivals, selectMinuteArrivals } from './select-arrivals.ts';

/** Names of how far each is computed, in the table `progress`. */
const MINUTE_POSITION = 'summarise_request_queries';
const HOUR_POSITION = 'summarise_minutes';
const HOUR_SECONDS = 3_600;
/** How long after a minute its last requests are derived, as a rule. */
const MINUTE_OVER_MS = 70_000;

export interface RollupStagesOptions {
  readonly store: Store;
  readonly thresholds: Thresholds;
  /** Where this process is the only one that inserts: then changes are told, and the store is not asked for them. */
  readonly clock?: ArrivalClock | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Time of a computation, later each time it is asked for. */
  readonly stampMs: () => number;
}

export interface RollupsRun {
  readonly minutes: number;
  readonly hours: number;
  /** Changed minutes and hours that were left for a later run. */
  readonly backlog: number;
}

/** Minutes from request queries, then hours from minutes: of those that are over, because until then their minutes are read. */
export class RollupStages {
  readonly minutes: RollupStage;
  readonly #hours: RollupStage;

  constructor({ store, thresholds, clock, nowMs, stampMs }: RollupStagesOptions) {
    this.minutes = new RollupStage({
      readPositionMs: () => readProgress(store, MINUTE_POSITION),
      selectArrivals: (fromMs, untilMs) => selectMinuteArrivals(store, fromMs, untilMs),
      compute: async (minutes) => {
        const computedAtMs = stampMs();
        await recomputeMinutes(store, minutes, thresholds, computedAtMs);
        if (clock !== undefined) this.#hours.changed(hoursOf(minutes), computedAtMs);
      },
      isOver: (minute) => minute * 1000 + MINUTE_OVER_MS <= nowMs(),
      toldFromMs: clock?.startedAtMs,
    });
    this.#hours = new RollupStage({
      readPositionMs: () => readProgress(store, HOUR_POSITION),
      selectArrivals: (fromMs, untilMs) => selectHourArrivals(store, fromMs, untilMs),
      compute: (hours) => recomputeHours(store, hours, stampMs()),
      isDue: (hour) => (hour + HOUR_SECONDS) * 1000 <= nowMs(),
      toldFromMs: clock?.startedAtMs,
    });
  }

  /** @param isUrgent do not rest, however long the last computation took */
  async run(isUrgent: boolean): Promise<RollupsRun> {
    const minutes = await this.minutes.run(isUrgent);
    const hours = await this.#hours.run(isUrgent);
    return { minutes: minutes.computed, hours: hours.computed, backlog: minutes.backlog + hours.backlog };
  }

  /** How far each is computed; undefined as long as it is not known from where they go on. */
  get positionsMs(): ReadonlyMap<string, number> | undefined {
    if (!this.minutes.isOpen || !this.#hours.isOpen) return undefined;
    return new Map([
      [MINUTE_POSITION, this.minutes.positionMs],
      [HOUR_POSITION, this.#hours.positionMs],
    ]);
  }
}
