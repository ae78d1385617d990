/** Numbers that look random, the same for the same seeds, fast enough for a billion requests (sfc32). */
export class FastRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** Several seeds make one: a run's, a scenario's, an endpoint's. */
  constructor(...seeds: readonly number[]) {
    this.a = 0x9e37_79b9 | 0;
    this.b = 0x243f_6a88 | 0;
    this.c = 0xb7e1_5162 | 0;
    for (const seed of seeds) {
      this.a ^= Math.imul(seed + 1, 0x85eb_ca6b);
      this.b = (this.b + Math.imul(seed, 0xc2b2_ae35)) | 0;
      for (let round = 0; round < 12; round++) this.word();
    }
  }

  /** Goes on with the same numbers, apart from this one. */
  copy(): FastRandom {
    const copy = new FastRandom();
    copy.a = this.a;
    copy.b = this.b;
    copy.c = this.c;
    copy.counter = this.counter;
    return copy;
  }

  /** 32 bits, as a signed number. */
  word(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return sum;
  }

  /** From 0 up to, not including, 1. */
  unit(): number {
    return (this.word() >>> 0) / 2 ** 32;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.unit();
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** Student's t with 4 degrees of freedom, scaled to a variance of 1. */
  studentT4(): number {
    // A sum of two exponentials is a chi-square with 4 degrees of freedom.
    const chiSquare = -2 * Math.log((1 - this.unit()) * (1 - this.unit()));
    return this.normal() / Math.sqrt(chiSquare / 4) / Math.SQRT2;
  }

  poisson(mean: number): number {
    if (mean > 100) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let product = this.unit();
    let count = 0;
    for (; product > limit; count++) product *= this.unit();
    return count;
  }
}
