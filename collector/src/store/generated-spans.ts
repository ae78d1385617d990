import type { NativeRow } from './native-rows.ts';

/**
 * Test support: spans that anyone can make again from the same seed. Mostly requests of a dozen endpoints, in two
 * versions, over six hours around a midnight in UTC (which in zones with half an hour falls into an hour's middle);
 * durations log-normal with a few extremes; and what no rollup may count: ignored requests and spans within requests.
 */
export interface GeneratedSpan extends NativeRow {
  readonly timestamp: bigint;
  readonly duration_ns: bigint;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly method: string;
  readonly route: string;
  readonly entry: number;
  readonly ignored: number;
  readonly error: number;
  readonly slow: number;
}

const SECOND_NS = 1_000_000_000n;
const HOURS = 6;

/** `midnight` is that of the middle, in seconds of the epoch. */
export function generatedSpans(count: number, seed: number, midnightSeconds: number): GeneratedSpan[] {
  const random = randomNumbers(seed);
  const start = BigInt(midnightSeconds - (HOURS / 2) * 3600) * SECOND_NS;
  return Array.from({ length: count }, (_, index) => {
    // Squared, so that some endpoints have many requests a minute and others one an hour.
    const endpoint = Math.floor(random() ** 2 * 12);
    const durationNs = duration(random, endpoint);
    const entry = random() < 0.7 ? 1 : 0;
    return {
      timestamp: start + BigInt(Math.floor(random() * HOURS * 3600 * 1e6)) * 1000n,
      duration_ns: BigInt(durationNs),
      trace_id: index.toString(16).padStart(32, '0'),
      span_id: index.toString(16).padStart(16, '0'),
      service: endpoint < 8 ? 'shop' : 'billing',
      environment: 'production',
      version: random() < 0.5 ? '1.4.0' : '1.5.0',
      method: endpoint % 3 === 0 ? 'POST' : 'GET',
      route: `/things/{id}/${endpoint}`,
      entry,
      ignored: entry === 1 && random() < 0.05 ? 1 : 0,
      error: random() < 0.03 * (endpoint % 4) ? 1 : 0,
      slow: durationNs >= 1e9 ? 1 : 0,
    };
  });
}

function duration(random: () => number, endpoint: number): number {
  const dice = random();
  if (dice < 0.0005) return 0;
  if (dice < 0.001) return Math.floor(random() * 3.6e12);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.floor(2e6 * 2 ** endpoint * Math.exp(normal));
}

/** The same spans in another order, cut into batches of random size; the seed decides both. */
export function randomBatches<Span>(spans: readonly Span[], seed: number): Span[][] {
  const random = randomNumbers(seed);
  const shuffled = [...spans];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  const batches: Span[][] = [];
  for (let start = 0; start < shuffled.length; ) {
    const end = start + 1 + Math.floor(random() ** 2 * 12_000);
    batches.push(shuffled.slice(start, end));
    start = end;
  }
  return batches;
}

/** Uniform in [0, 1), the same for the same seed: a 32-bit mix of a counter. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
