/**
 * How an endpoint's durations spread: a lognormal body that goes over into a Pareto tail. Kept as a table of quantiles, so that
 * a request costs one random number and one look-up.
 */
const ENTRIES = 65_536;
/** Entries at the upper end, where the quantile function is too steep for a table. */
const EXACT = 64;

export class DurationShape {
  /** Logarithm of the duration over the median, at u = index / 65,536. */
  readonly logs = new Float64Array(ENTRIES + 1);
  /** Its exponential. */
  readonly factors = new Float64Array(ENTRIES + 1);
  private readonly knee: number;
  private readonly tailShare: number;
  private readonly alpha: number;

  constructor(sigma: number, tailShare: number, alpha: number) {
    this.tailShare = tailShare;
    this.alpha = alpha;
    this.knee = sigma * normalQuantile(1 - tailShare);
    for (let index = 0; index <= ENTRIES; index++) {
      const u = Math.min(Math.max(index / ENTRIES, 0.25 / ENTRIES), 1 - 0.25 / ENTRIES);
      const log = 1 - u > tailShare ? sigma * normalQuantile(u) : this.tailLog(1 - u);
      this.logs[index] = log;
      this.factors[index] = Math.exp(log);
    }
  }

  /** Of a random word, whose upper 16 bits are a place in the table with a long tail: only they need this. */
  tailLogOfWord(word: number): number {
    return this.tailLog((2 ** 32 - word) / 2 ** 32);
  }

  /** Of the logarithm of a duration over the median. */
  moments(): { mean: number; variance: number } {
    let sum = 0;
    let squares = 0;
    for (let index = 0; index < ENTRIES; index++) {
      const log = (this.logs[index]! + this.logs[index + 1]!) / 2;
      sum += log;
      squares += log * log;
    }
    const mean = sum / ENTRIES;
    return { mean, variance: squares / ENTRIES - mean * mean };
  }

  private tailLog(above: number): number {
    return this.knee - Math.log(above / this.tailShare) / this.alpha;
  }

  static isInTable(word: number): boolean {
    return word < (ENTRIES - EXACT) * 65_536;
  }
}

/** Acklam's rational approximation, relative error below 1.2e-9. */
export function normalQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
    );
  }
  if (p > 1 - 0.02425) return -normalQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}
