import { type Arrival, Arrivals } from './arrivals.ts';
import { ChangedTimes } from './changed-times.ts';

/** Minutes, or hours, computed in one run. */
const TIMES_PER_RUN_MAX = 120;
/** What keeps changing is computed so that computing takes at most a twentieth of the time. */
const PAUSE_TIMES_DURATION = 19;
/**
 * Beyond this only what is over is computed: a busy minute that goes on would be computed again, which costs as much. What
 * takes longer is followed by a pause of more than a minute, so that nobody sees a minute later for it.
 */
const QUICK_MS = 4_000;

export interface RollupStageOptions {
  /** As recorded; asked once, when it first runs. */
  readonly readPositionMs: () => Promise<number>;
  /** Insertions into the source since then, by the minute or hour (epoch seconds, the key) whose rows they change. */
  readonly selectArrivals: (fromMs: number, untilMs?: number) => Promise<readonly Arrival[]>;
  /** Computes these whole, and replaces what stood there. */
  readonly compute: (times: readonly number[]) => Promise<void>;
  /** Whether it is time to compute one that changed. @default always */
  readonly isDue?: (time: number) => boolean;
  /** Whether it is expected to change no more. @default always */
  readonly isOver?: (time: number) => boolean;
  /**
   * Where every change is told by {@link RollupStage.changed}: what was inserted before this is asked of the store, once.
   * Undefined where others insert too, and the store is asked each time.
   */
  readonly toldFromMs?: number | undefined;
}

export interface RollupRun {
  readonly computed: number;
  /** Changed ones that were due and left for a later run. */
  readonly backlog: number;
}

/** From changed rows of one table to whole new minutes, or hours, of its rollups. */
export class RollupStage {
  readonly #options: RollupStageOptions;
  readonly #changed = new ChangedTimes();
  #arrivals = new Arrivals(0);
  /** Whether the recorded position is known: before that, none must be recorded. */
  isOpen = false;
  #restUntilMs = 0;
  #lastMs = 0;

  constructor(options: RollupStageOptions) {
    this.#options = options;
  }

  get positionMs(): number {
    return this.#changed.positionMs;
  }

  /** Minutes, or hours, that are known to have changed since they were computed. */
  get changedTimes(): number {
    return this.#changed.size;
  }

  /** @param times epoch seconds, whose rows were inserted at that time */
  changed(times: Iterable<number>, insertedAtMs: number): void {
    for (const time of times) this.#changed.add(time, insertedAtMs);
    this.#changed.knownUntil(insertedAtMs);
  }

  /** @param isUrgent compute all that is due, and do not rest, however long the last computation took */
  async run(isUrgent: boolean): Promise<RollupRun> {
    if (!isUrgent && performance.now() < this.#restUntilMs) return { computed: 0, backlog: 0 };
    if (!this.isOpen) await this.#open();
    if (this.#options.toldFromMs === undefined) await this.#ask();
    const { isDue = () => true, isOver = () => true } = this.#options;
    const isOnlyOver = !isUrgent && this.#lastMs > QUICK_MS;
    const due = [...this.#changed.times].filter((time) => isDue(time) && (!isOnlyOver || isOver(time)));
    const times = due.slice(0, TIMES_PER_RUN_MAX);
    await this.#compute(times);
    return { computed: times.length, backlog: due.length - times.length };
  }

  async #open(): Promise<void> {
    const { readPositionMs, selectArrivals, toldFromMs } = this.#options;
    const positionMs = await readPositionMs();
    this.#arrivals = new Arrivals(positionMs);
    if (toldFromMs !== undefined) this.#note(await selectArrivals(positionMs + 1, toldFromMs));
    this.#changed.knownUntil(positionMs);
    this.isOpen = true;
  }

  async #ask(): Promise<void> {
    const fresh = this.#arrivals.fresh(await this.#options.selectArrivals(this.#arrivals.fromMs));
    this.#note(fresh);
    this.#arrivals.done(fresh, []);
  }

  #note(arrivals: readonly Arrival[]): void {
    for (const { key, atMs } of arrivals) this.#changed.add(Number(key), atMs);
  }

  async #compute(times: readonly number[]): Promise<void> {
    if (times.length === 0) return;
    const startedAtMs = performance.now();
    this.#changed.take(times);
    try {
      await this.#options.compute(times);
      this.#changed.done();
    } catch (error) {
      this.#changed.putBack();
      throw error;
    }
    this.#lastMs = performance.now() - startedAtMs;
    this.#restUntilMs = performance.now() + this.#lastMs * PAUSE_TIMES_DURATION;
  }
}
