/** Exact bounds of 95 % on what was counted (Garwood 1936 for a Poisson, Clopper and Pearson 1934 for a binomial). */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const OUTSIDE = 0.025;

/** Of a rate: `count` events in `exposure`. */
export function rateEstimate(count: number, exposure: number): Estimate {
  const below = (mean: number, most: number) => {
    let sum = 0;
    let log = -mean;
    for (let k = 0; k <= most; k++) {
      sum += Math.exp(log);
      log += Math.log(mean / (k + 1));
    }
    return sum;
  };
  const top = 2 * count + 20;
  const low = count === 0 ? 0 : solve((mean) => 1 - below(mean, count - 1) - OUTSIDE, 1e-12, top);
  const high = solve((mean) => OUTSIDE - below(mean, count), 1e-12, top);
  return { value: count / exposure, low: low / exposure, high: high / exposure };
}

/** Of a share: `count` of `trials`. */
export function shareEstimate(count: number, trials: number): Estimate {
  const below = (share: number, most: number) => {
    let sum = 0;
    let log = trials * Math.log1p(-share);
    for (let k = 0; k <= most; k++) {
      sum += Math.exp(log);
      log += Math.log(((trials - k) / (k + 1)) * (share / (1 - share)));
    }
    return sum;
  };
  const low = count === 0 ? 0 : solve((share) => 1 - below(share, count - 1) - OUTSIDE, 1e-12, 1 - 1e-12);
  const high = count === trials ? 1 : solve((share) => OUTSIDE - below(share, count), 1e-12, 1 - 1e-12);
  return { value: count / trials, low, high };
}

/** Where a function that grows is zero. */
function solve(growing: (x: number) => number, from: number, until: number): number {
  let low = from;
  let high = until;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (growing(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
