import type { Store } from '../../store/store.ts';
import { deriveTrace } from '../derive-trace.ts';
import { type Extent, SPANS_PER_TRACE_MAX } from '../load-traces.ts';
import type { StoredTrace } from '../stored-trace.ts';
import { Breather } from './breather.ts';
import { readTraces } from './read-blocks.ts';
import { SpanMemory } from './span-memory.ts';

/** A trace that has to be read from the store. */
export interface ColdTrace extends Extent {
  readonly traceId: string;
  /** Time of insertion of the first of it that was not worked on. */
  readonly sinceMs: number;
}

export interface ColdLoad {
  readonly settledBeforeMs: number;
  /** Called with each trace, whole; it may ask for others to have their turn. */
  readonly onTrace: (trace: StoredTrace, cold: ColdTrace) => Promise<void>;
}

/** Beyond the known times of a trace, its other spans are looked for this far, in milliseconds. */
const MARGIN_MS = 5 * 60_000;
/** How far when something is missing. */
const WIDE_MARGIN_MS = 65 * 60_000;
/** Every round may find spans that reach further; a trace of ordinary shape needs one or two. */
const ROUNDS_MAX = 4;

/**
 * Reads traces whole from the store. Raw spans are sorted by time, not by trace, so what a look costs is the time that it
 * spans, hardly the number of traces: many are looked for at once. Those of which spans were found that begin earlier or end
 * later than was known are looked for again around these.
 *
 * @returns ids of traces with too many spans
 */
export async function loadColdTraces(store: Store, traces: readonly ColdTrace[], load: ColdLoad): Promise<string[]> {
  const oversized: string[] = [];
  const incomplete: ColdTrace[] = [];
  const take = async (trace: StoredTrace, cold: ColdTrace, isLast: boolean) => {
    if (trace.spans.length > SPANS_PER_TRACE_MAX) oversized.push(cold.traceId);
    else if (!isLast && deriveTrace(trace).unattributed > 0) incomplete.push(cold);
    else await load.onTrace(trace, cold);
  };
  await loadRounds(store, traces, load, MARGIN_MS, (trace, cold) => take(trace, cold, false));
  await loadRounds(store, incomplete, load, WIDE_MARGIN_MS, (trace, cold) => take(trace, cold, true));
  return oversized;
}

async function loadRounds(
  store: Store,
  traces: readonly ColdTrace[],
  { settledBeforeMs }: ColdLoad,
  marginMs: number,
  onTrace: (trace: StoredTrace, cold: ColdTrace) => Promise<void>,
): Promise<void> {
  let left = traces;
  for (let round = 1; left.length > 0; round++) {
    const further: ColdTrace[] = [];
    for (const group of groupsOf(left, marginMs)) {
      await loadGroup(store, group, settledBeforeMs, marginMs, async (trace, cold, found) => {
        const isWider = found.fromMs < cold.fromMs || found.untilMs > cold.untilMs;
        if (isWider && round < ROUNDS_MAX) further.push({ ...cold, ...found });
        else await onTrace(trace, cold);
      });
    }
    left = further;
  }
}

type Found = (trace: StoredTrace, cold: ColdTrace, found: Extent) => Promise<void>;

async function loadGroup(
  store: Store,
  group: readonly ColdTrace[],
  settledBeforeMs: number,
  marginMs: number,
  onFound: Found,
): Promise<void> {
  const rowsMax = 2 * SPANS_PER_TRACE_MAX;
  const read = {
    traceIds: group.map((cold) => cold.traceId),
    fromMs: Math.min(...group.map((cold) => cold.fromMs)) - marginMs,
    untilMs: Math.max(...group.map((cold) => cold.untilMs)) + marginMs,
    rowsMax,
    settledBeforeMs,
  };
  const memory = new SpanMemory({
    rowsMax: 2 * rowsMax,
    tracesMax: group.length,
    texts: { bytesMax: 1 << 28, textsMax: 1 << 22 },
    isPartial: () => false,
    onGone: () => {},
    isAwaited: () => true,
  });
  await memory.take(await readTraces(store, 'spans', read), { insertedAtMs: 0, areLogs: false });
  if (memory.rows >= rowsMax && group.length > 1) {
    const middle = group.length >> 1;
    await loadGroup(store, group.slice(0, middle), settledBeforeMs, marginMs, onFound);
    await loadGroup(store, group.slice(middle), settledBeforeMs, marginMs, onFound);
    return;
  }
  await memory.take(await readTraces(store, 'log_exceptions', read), { insertedAtMs: 0, areLogs: true });
  const byId = new Map(group.map((cold) => [cold.traceId, cold]));
  const breather = new Breather();
  for (const number of memory.traces.all()) {
    const trace = memory.trace(number);
    const { fromMs, untilMs } = memory.traces;
    await onFound(trace, byId.get(trace.traceId)!, {
      fromMs: Math.floor(fromMs[number]!),
      untilMs: Math.ceil(untilMs[number]!),
    });
    if (breather.isDue) await breather.breathe();
  }
}

/** Traces that lie near each other in time are looked for at once, others on their own. */
function groupsOf(traces: readonly ColdTrace[], marginMs: number): ColdTrace[][] {
  const groups: ColdTrace[][] = [];
  for (const trace of [...traces].sort((a, b) => a.fromMs - b.fromMs)) {
    const group = groups.at(-1);
    if (group !== undefined && trace.untilMs - group[0]!.fromMs <= 2 * marginMs) group.push(trace);
    else groups.push([trace]);
  }
  return groups;
}
