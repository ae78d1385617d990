import { fingerprint } from '@profiler/analysis';
import { FUZZ_SYSTEMS } from '../../../packages/analysis/src/fuzz-queries.fixture.ts';
import { HOSTILE_PIECES, hostileQuery } from '../../../packages/analysis/src/hostile-queries.fixture.ts';

const CHARS = 2 ** 20;
/** How many of the slowest are looked at closely. */
const COMPARED = 16;
const RUNS = 3;

export interface HostileCosts {
  /** Pieces times dialects. */
  readonly shapes: number;
  /** CPU time of the slowest text of 2^20 characters. */
  readonly slowestMs: number;
  readonly slowest: string;
  /** CPU time of 2^22 characters over that of 2^20, the worst of the slowest. */
  readonly growth: number;
  readonly fastestGrowing: string;
}

/** What every hostile shape costs in every dialect. */
export function hostileCosts(): HostileCosts {
  const shapes = Object.entries(HOSTILE_PIECES).flatMap(([name, piece]) =>
    FUZZ_SYSTEMS.map((system) => ({ name: `${name}, ${system || 'unknown system'}`, piece, system })),
  );
  const costs = shapes
    .map((shape) => ({ ...shape, ms: cpuMs(shape.piece, CHARS, shape.system, 1) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, COMPARED)
    .map(({ name, piece, system }) => {
      // The best of several runs: the machine does other things too.
      const ms = cpuMs(piece, CHARS, system, RUNS);
      return { name, ms, growth: cpuMs(piece, 4 * CHARS, system, RUNS) / ms };
    });
  const slowest = costs.reduce((a, b) => (b.ms > a.ms ? b : a));
  const fastestGrowing = costs.reduce((a, b) => (b.growth > a.growth ? b : a));
  return {
    shapes: shapes.length,
    slowestMs: slowest.ms,
    slowest: slowest.name,
    growth: fastestGrowing.growth,
    fastestGrowing: fastestGrowing.name,
  };
}

function cpuMs(piece: string, chars: number, dbSystem: string, runs: number): number {
  const text = hostileQuery(piece, chars);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    fingerprint(text, dbSystem);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}
