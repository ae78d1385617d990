import { Random } from '../bench/random.ts';

/** Random choices that the same seed makes again. */
export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** In [0, 1). */
  fraction(): number {
    return this.#random.unit();
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + this.#random.unit() * (to - from);
  }

  /** Whole, from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.#random.unit() * count);
  }

  chance(probability: number): boolean {
    return this.#random.unit() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  /** Another sequence, so that choices of one kind do not shift those of another. */
  fork(): Dice {
    return new Dice(Math.floor(this.#random.unit() * 2 ** 32));
  }
}
