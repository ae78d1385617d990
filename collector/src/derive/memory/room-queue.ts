export interface RoomQueueOptions {
  /** Whether so many rows can be taken; also true where waiting would not help. */
  readonly hasRoom: (rows: number) => boolean;
  /** Nobody waits longer than this, in milliseconds. */
  readonly waitMs: number;
}

/** Works on what comes one after the other, each once there is room for its rows, or it has waited long enough. */
export class RoomQueue {
  /** Of the one whose turn it is, while it waits. */
  rowsWaiting = 0;
  readonly #options: RoomQueueOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #lookAgain: (() => void) | undefined;

  constructor(options: RoomQueueOptions) {
    this.#options = options;
  }

  run<Result>(rows: number, work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => this.#waitForRoom(rows)).then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** There may be room now. */
  lookAgain(): void {
    this.#lookAgain?.();
  }

  async #waitForRoom(rows: number): Promise<void> {
    const untilMs = performance.now() + this.#options.waitMs;
    this.rowsWaiting = rows;
    while (!this.#options.hasRoom(rows)) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs).unref();
        this.#lookAgain = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rowsWaiting = 0;
  }
}
