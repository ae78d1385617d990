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
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    const running = Promise.resolve(work(worker)).finally(() => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
      this.#running.delete(running);
    });
    this.#running.add(running);
    return running;
  }

  /** Resolves when nothing runs or waits any more. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
