import { RefusalError } from './refusal.ts';

export interface FairShareOptions {
  /** Fill of the spool above which shares count, from 0 to 1. @default 0.5 */
  readonly pressure?: number;
  /** Length of one of the two slots over which bytes are added up, in milliseconds. @default 2500 */
  readonly slotMs?: number;
  /** Senders told apart in a slot; the others share one place. @default 1000 */
  readonly sendersMax?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

const OTHERS = '(others)';

/**
 * Keeps a flood of one service from taking the room of the quiet ones. While the store keeps up, everybody is admitted.
 * Once the spool is half full, a service that sent more than its part, the bytes of the last seconds divided by the
 * services that sent any, is asked to come again; what it left of the spool is for the others.
 */
export class FairShare {
  private readonly options: Required<FairShareOptions>;
  private current = new Map<string, number>();
  private previous = new Map<string, number>();
  private currentSinceMs: number;

  constructor(options: FairShareOptions = {}) {
    this.options = { pressure: 0.5, slotMs: 2_500, sendersMax: 1_000, now: () => performance.now(), ...options };
    this.currentSinceMs = this.options.now();
  }

  /** Notes what is admitted. @throws RefusalError when it is this sender's turn to wait */
  admit(sender: string, bytes: number, fill: number): void {
    this.turn();
    const known = this.current.has(sender) || this.current.size < this.options.sendersMax;
    const name = known ? sender : OTHERS;
    if (fill >= this.options.pressure && this.isOverShare(name)) {
      throw new RefusalError('over_share', 'this service sends more than its share while the store is behind');
    }
    this.current.set(name, (this.current.get(name) ?? 0) + bytes);
  }

  private isOverShare(sender: string): boolean {
    const names = new Set([...this.current.keys(), ...this.previous.keys(), sender]);
    let total = 0;
    for (const slot of [this.current, this.previous]) for (const bytes of slot.values()) total += bytes;
    const own = (this.current.get(sender) ?? 0) + (this.previous.get(sender) ?? 0);
    return names.size > 1 && own > total / names.size;
  }

  private turn(): void {
    const { slotMs, now } = this.options;
    const ageMs = now() - this.currentSinceMs;
    if (ageMs < slotMs) return;
    this.previous = ageMs < 2 * slotMs ? this.current : new Map();
    this.current = new Map();
    this.currentSinceMs = now();
  }
}
