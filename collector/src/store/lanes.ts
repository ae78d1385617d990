/**
 * A few workers that each do one thing at a time, and a first-come queue before them. A ClickHouse session runs one
 * query at a time: a second one sent to it would only hold a thread of Node's pool while it waits.
 */
export class Lanes<Worker> {
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #waitingMax: number;
  readonly #running = new Set<Promise<unknown>>();

  constructor(workers: readonly Worker[], waitingMax: number) {
    this.#idle = [...workers];
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` on the next free worker; throws what `refuse` makes when too many wait already. */
  async run<Result>(work: (worker: Worker) => Promise<Result>, refuse: () => Error): Promise<Result> {
    if (this.#idle.length === 0 && this.#waiting.length >= this.#waitingMax) throw refuse();
    const running = this.#runInTurn(work);
    this.#running.add(running);
    return running.finally(() => this.#running.delete(running));
  }

  async #runInTurn<Result>(work: (worker: Worker) => Promise<Result>): Promise<Result> {
    const idle = this.#idle.length > 0;
    const worker = idle
      ? (this.#idle.pop() as Worker)
      : await new Promise<Worker>((resolve) => this.#waiting.push(resolve));
    try {
      return await work(worker);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  /** Resolves when nothing runs or waits any more. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
