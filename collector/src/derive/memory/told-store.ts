import { hash64 } from '@profiler/analysis';
import { Registry } from 'prom-client';
import { ArrivalClock } from '../../store/arrival-clock.ts';
import { type NativeRow, nativeBlock } from '../../store/native-rows.ts';
import type { BlockTable, Store } from '../../store/store.ts';
import { createDerivation, type Derivation } from '../derivation.ts';
import type { MemoryLimits } from './memory-limits.ts';

/** Test support: a store whose insertions are told to a derivation, as the inserter does. */
export class ToldStore {
  readonly store: Store;
  readonly derivation: Derivation;
  readonly #clock: ArrivalClock;

  /** As at the start of a process. */
  static async open(store: Store, memory: MemoryLimits = {}): Promise<ToldStore> {
    return new ToldStore(store, await ArrivalClock.open(store), memory);
  }

  private constructor(store: Store, clock: ArrivalClock, memory: MemoryLimits) {
    this.store = store;
    this.#clock = clock;
    this.derivation = derivationOf(store, { clock, memory: { roomWaitMs: 0, ...memory } });
  }

  async insert(table: BlockTable, rows: readonly NativeRow[], isTold = true): Promise<void> {
    const blocks = [nativeBlock(table, rows)];
    const insertedAtMs = this.#clock.next();
    const token = `${process.pid}-${insertedAtMs}`;
    await this.store.insertBlocks(table, blocks, { id: '1', deduplicationToken: token, insertedAtMs });
    if (isTold) await this.derivation.stored({ table, rows: rows.length, blocks, insertedAtMs });
  }
}

export function derivationOf(
  store: Store,
  options: { readonly clock?: ArrivalClock; readonly memory?: MemoryLimits } = {},
): Derivation {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return createDerivation({
    store,
    nPlusOneThreshold: 3,
    slowQueryThresholdMs: 100,
    registry: new Registry(),
    log,
    ...options,
  });
}

/** Ids in memory are hexadecimal, as every decoded id is. */
export const spanId = (name: string): string => hash64(name).hex;
export const traceId = (name: string): string => hash64(name).hex + hash64(`${name}'`).hex;
