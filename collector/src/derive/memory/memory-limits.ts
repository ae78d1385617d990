import type { SeenTracesOptions } from './seen-traces.ts';

export interface MemoryLimits {
  /** Spans and log records in memory. @default 400000 */
  readonly rowsMax?: number;
  /**
   * How long `MemoryStage.stored` waits until there is room, in milliseconds; what found none is read from the store, which
   * is dearer than anything else. @default 10000
   */
  readonly roomWaitMs?: number;
  readonly seen?: SeenTracesOptions;
}
