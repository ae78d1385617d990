import type { ExceptionGroup, Finding, List, Regression } from '../api/types.ts';
import { DemoError } from './demo-error.ts';

/** What the collector found, exactly as its API says it. */
export interface Discoveries {
  readonly nPlusOnes: readonly Finding[];
  readonly slowQueries: readonly Finding[];
  readonly exceptions: readonly ExceptionGroup[];
  readonly regressions: readonly Regression[];
}

/** One of them, with its kind. */
export type Discovery =
  | ({ readonly found: 'n_plus_one' | 'slow_query' } & Finding)
  | ({ readonly found: 'exception' } & ExceptionGroup)
  | ({ readonly found: 'regression' } & Regression);

export const nothing = (): Discoveries => ({ nPlusOnes: [], slowQueries: [], exceptions: [], regressions: [] });

/** Asks a collector. Throws {@link DemoError} when it does not answer as it should. */
export async function discover(url: string, signal: AbortSignal): Promise<Discoveries> {
  const items = async <Row>(path: string): Promise<Row[]> => {
    const ask = () => fetch(`${url}/api/v1/${path}`, { signal });
    // A connection that was kept open is gone after the machine slept.
    const response = await ask().catch(ask);
    if (!response.ok) throw new DemoError(`GET /api/v1/${path} answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as List<Row>).items;
  };
  const [findings, exceptions, regressions] = await Promise.all([
    items<Finding>('findings?since=1h&limit=100'),
    items<ExceptionGroup>('exceptions?since=1h&limit=100'),
    items<Regression>('regressions?since=1h&limit=100'),
  ]);
  return {
    nPlusOnes: findings.filter(({ type }) => type === 'n_plus_one'),
    // Once is chance: on a busy machine any query is slow now and then.
    slowQueries: findings.filter(({ type, occurrences }) => type === 'slow_query' && occurrences > 1),
    exceptions,
    regressions,
  };
}

/** Those of `current` that `known` does not have. */
export function newOnes(known: Discoveries, current: Discoveries): Discovery[] {
  const keys = new Set(tagged(known).map(identity));
  return tagged(current).filter((discovery) => !keys.has(identity(discovery)));
}

export function isComplete(discoveries: Discoveries): boolean {
  return missing(discoveries).length === 0;
}

/** Kinds of which nothing was found yet. */
export function missing({ nPlusOnes, slowQueries, exceptions, regressions }: Discoveries): string[] {
  const kinds: [string, readonly unknown[]][] = [
    ['N+1', nPlusOnes],
    ['slow query', slowQueries],
    ['exception', exceptions],
    ['regression', regressions],
  ];
  return kinds.filter(([, found]) => found.length === 0).map(([kind]) => kind);
}

function tagged({ nPlusOnes, slowQueries, exceptions, regressions }: Discoveries): Discovery[] {
  return [
    ...nPlusOnes.map((finding) => ({ found: 'n_plus_one' as const, ...finding })),
    ...slowQueries.map((finding) => ({ found: 'slow_query' as const, ...finding })),
    ...exceptions.map((exception) => ({ found: 'exception' as const, ...exception })),
    ...regressions.map((regression) => ({ found: 'regression' as const, ...regression })),
  ];
}

const identity = ({ found, key }: Discovery): string => `${found} ${key}`;
