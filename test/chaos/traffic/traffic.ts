import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../dice.ts';
import { type Body, makeBodies } from './body.ts';
import { Ids } from './ids.ts';
import { type Entry, Ledger } from './ledger.ts';
import { post } from './post.ts';

export interface TrafficOptions {
  readonly origin: string;
  readonly dice: Dice;
  /** Tells the ids of this run from those of others. */
  readonly run: number;
  /** Senders side by side. @default 6 */
  readonly senders?: number;
  /** Pause of a sender between two bodies, at most, in milliseconds. @default 100 */
  readonly pauseMsMax?: number;
  /** How long ago all of it happened, in milliseconds. @default 0 */
  readonly ageMs?: number;
}

/** As an SDK's exporter has it. */
const TIMEOUT_MS = 10_000;
const RETRY_MS_MIN = 60;
const RETRY_MS_MAX = 400;
const GIVE_UP = 0.08;
const ABORT = 0.05;

/**
 * Senders that behave as SDKs do: each sends a body, and the very same body again after a failure, a time-out or a
 * refusal, until it is acknowledged. Some give up after the first failure, as an SDK does whose time has run out; some
 * go away just before the answer and send again.
 */
export class Traffic {
  readonly ledger = new Ledger();
  /** `service.version` of the bodies that are made from now on. */
  version = 'k0';
  readonly #options: Required<TrafficOptions>;
  readonly #ids: Ids;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });
  #senders: Promise<void>[] = [];
  #stopping = false;
  #isStopped = false;

  constructor(options: TrafficOptions) {
    this.#options = { senders: 6, pauseMsMax: 100, ageMs: 0, ...options };
    this.#ids = new Ids(options.run);
  }

  start(): void {
    this.#stopping = false;
    this.#senders = Array.from({ length: this.#options.senders }, () => this.#send(this.#options.dice.fork()));
  }

  /** Makes no more bodies, and waits until those that were made are acknowledged or given up. */
  async drained(waitMsMax = 60_000): Promise<void> {
    this.#stopping = true;
    const late = sleep(waitMsMax, 'late', { ref: false });
    const outcome = await Promise.race([Promise.all(this.#senders), late]);
    if (outcome === 'late') throw new Error(`the collector did not take what was sent within ${waitMsMax} ms`);
  }

  /** Sends nothing more, whatever is open. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopping = true;
    this.#agent.destroy();
    await Promise.all(this.#senders);
  }

  async #send(dice: Dice): Promise<void> {
    const { pauseMsMax } = this.#options;
    while (!this.#stopping) {
      const { dice: choices, ageMs } = this.#options;
      const making = { dice: choices, ids: this.#ids, version: this.version, nowMs: Date.now() - ageMs };
      for (const body of makeBodies(making)) await this.#deliver(body, this.ledger.opened(body), dice);
      await sleep(dice.between(0, pauseMsMax));
    }
  }

  async #deliver(body: Body, entry: Entry, dice: Dice): Promise<void> {
    const givesUp = dice.chance(GIVE_UP);
    for (;;) {
      // Whether it was inserted stood in the file that is destroyed, so what came of one more copy would prove nothing.
      if (entry.mayBeLost) {
        entry.fate = 'given up';
        return;
      }
      const abortAfterMs = dice.chance(ABORT) ? dice.between(0, 40) : undefined;
      entry.sends++;
      const { origin } = this.#options;
      const { status, partial } = await post(origin, body, { agent: this.#agent, timeoutMs: TIMEOUT_MS, abortAfterMs });
      if (status === 200) {
        if (partial) this.ledger.partial++;
        entry.fate = partial ? 'given up' : 'acknowledged';
        return;
      }
      this.ledger.refused(status);
      if (givesUp || this.#isStopped) {
        entry.fate = 'given up';
        return;
      }
      await sleep(dice.between(RETRY_MS_MIN, RETRY_MS_MAX));
    }
  }
}
