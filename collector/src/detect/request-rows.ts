import { nativeBlock } from '../store/native-rows.ts';
import type { Store } from '../store/store.ts';

/** Test support: some requests of one endpoint, evenly spread over the first half of the minute that `startMs` is in. */
export interface RequestRows {
  readonly startMs: number;
  readonly count: number;
  readonly durationMs: number;
  /** The first so many failed. @default 0 */
  readonly errors?: number;
  readonly slow?: boolean;
  readonly version?: string;
  readonly environment?: string;
  readonly service?: string;
  readonly method?: string;
  readonly route?: string;
}

let batches = 0;

/** Stores them as entry spans: everything else is the views' work. */
export async function insertRequests(store: Store, ...groups: readonly RequestRows[]): Promise<void> {
  const rows = groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, index) => ({
      timestamp: (BigInt(group.startMs) + BigInt(Math.floor((index * 30_000) / group.count))) * 1_000_000n,
      duration_ns: BigInt(Math.round(group.durationMs * 1e6)),
      trace_id: `${batches}-${group.startMs}-${index}`,
      span_id: String(index),
      service: group.service ?? 'shop',
      environment: group.environment ?? '',
      version: group.version ?? '1.0.0',
      kind: 2,
      entry: 1,
      slow: group.slow ? 1 : 0,
      error: index < (group.errors ?? 0) ? 1 : 0,
      method: group.method ?? 'GET',
      route: group.route ?? '/orders',
      status_code: index < (group.errors ?? 0) ? 500 : 200,
    })),
  );
  batches += 1;
  await store.insertBlocks('spans', [nativeBlock('spans', rows)], {
    id: String(batches),
    deduplicationToken: `requests ${batches}`,
  });
}
