import { type Store, StoreError } from '../store/store.ts';

/** What was looked at, and what had to be put right. */
export interface Reconciliation {
  readonly minutes: number;
  readonly rebuiltMinutes: number;
  readonly rebuiltHours: number;
  /** Minutes whose raw spans or whose minute rows may be gone already: they are left as they are. */
  readonly skippedMinutes: number;
}

export interface ReconcileOptions {
  readonly batchIds: readonly string[];
  readonly retentionDays: number;
  readonly nowMs: number;
}

/** `endpoint_minutely` keeps its rows for 14 days; an hour is only rebuilt while all its minutes are there. */
const MINUTELY_DAYS = 13;
const DAY_S = 86_400;
/** Minutes in one statement. */
const MINUTES_PER_STEP = 500;

/** Everything exact that the views sum up. Two minutes that agree in all of it were made from the same requests. */
const RAW_SUMS = `count(), sum(error), sum(slow), sum(duration_ns), min(duration_ns), max(duration_ns),
  sum(toUInt64(round(log(greatest(duration_ns, 1)) * 1e6))), sum(toUInt64(round(pow(log(greatest(duration_ns, 1)), 2) * 1e6)))`;
const ROLLUP_SUMS = `sum(requests), sum(errors), sum(slow_requests), sum(duration_ns_sum), min(duration_ns_min),
  max(duration_ns_max), sum(log_micros_sum), sum(log_squared_micros_sum)`;

const MINUTE_OF_SPAN = "toUnixTimestamp(toStartOfMinute(toDateTime(timestamp, 'UTC')))";

/**
 * Makes `requests`, `endpoint_minutely` and `endpoint_hourly` agree with `spans` in the minutes of these batches. An
 * insert that is killed in the middle may have reached the spans and not all views, or the reverse, and a token that
 * outlived it keeps a retry from mending that. Compares first, and computes anew only what differs, by the views' own
 * SELECT. Interrupted, it can be run again.
 *
 * Nobody else may insert into these minutes meanwhile. Replicated tables, which several collectors share, are left alone:
 * their tokens live in Keeper, and are not recorded without their rows.
 *
 * @returns undefined for replicated tables
 */
export async function reconcileRollups(store: Store, options: ReconcileOptions): Promise<Reconciliation | undefined> {
  if (await isReplicated(store)) return undefined;
  await mutationsAreDone(store);
  const all = await minutesOfBatches(store, options.batchIds);
  const oldest = options.nowMs / 1000 - Math.min(options.retentionDays, MINUTELY_DAYS) * DAY_S;
  const minutes = all.filter((minute) => minute >= oldest);
  let rebuiltMinutes = 0;
  let rebuiltHours = 0;
  for (let first = 0; first < minutes.length; first += MINUTES_PER_STEP) {
    const step = minutes.slice(first, first + MINUTES_PER_STEP);
    rebuiltMinutes += await untilWhole(store, 'minutes', step, tornMinutes, rebuildMinutes);
    const hours = [...new Set(step.map((minute) => minute - (minute % 3_600)))];
    rebuiltHours += await untilWhole(store, 'hours', hours, tornHours, rebuildHours);
  }
  return { minutes: all.length, rebuiltMinutes, rebuiltHours, skippedMinutes: all.length - minutes.length };
}

type Times = readonly number[];

/**
 * Rebuilds what is torn and looks again, since an hour is made of its minutes and would repeat what is wrong with them.
 *
 * @returns how many were torn @throws StoreError when they still differ, although nothing was refused
 */
async function untilWhole(
  store: Store,
  what: string,
  times: Times,
  findTorn: (store: Store, times: Times) => Promise<number[]>,
  rebuildTorn: (store: Store, times: Times) => Promise<void>,
): Promise<number> {
  const torn = await findTorn(store, times);
  if (torn.length === 0) return 0;
  await rebuildTorn(store, torn);
  const left = await findTorn(store, torn);
  if (left.length === 0) return torn.length;
  throw new StoreError(`${left.length} ${what} differ from their source after they were rebuilt`, {
    retryable: false,
    code: 0,
  });
}

async function isReplicated(store: Store): Promise<boolean> {
  const [table] = await store.query<{ engine: string }>(
    "SELECT engine FROM system.tables WHERE database = {database:String} AND name = 'spans'",
    { database: store.database },
  );
  return table?.engine.startsWith('Replicated') === true;
}

/** A deletion that was under way when the process was killed goes on by itself; what is compared must not change below. */
async function mutationsAreDone(store: Store): Promise<void> {
  for (;;) {
    const [row] = await store.query<{ pending: number }>(
      'SELECT count() AS pending FROM system.mutations WHERE database = {database:String} AND is_done = 0',
      { database: store.database },
    );
    if (Number(row?.pending ?? 0) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Epoch seconds, ascending. */
async function minutesOfBatches(store: Store, batchIds: readonly string[]): Promise<number[]> {
  const rows = await store.query<{ minute: number }>(
    `SELECT DISTINCT ${MINUTE_OF_SPAN} AS minute FROM ${store.database}.spans
     WHERE batch_id IN (${batchIds.map((id) => BigInt(id)).join()}) AND entry = 1 AND ignored = 0 ORDER BY minute`,
  );
  return rows.map((row) => row.minute);
}

async function tornMinutes(store: Store, minutes: readonly number[]): Promise<number[]> {
  const { database } = store;
  const ofSpans = inMinutes(MINUTE_OF_SPAN, 'timestamp', minutes);
  const ofRollup = inMinutes('toUnixTimestamp(minute)', 'minute', minutes);
  const rows = await store.query<{ minute: number }>(
    `SELECT minute FROM
     (
       SELECT ${MINUTE_OF_SPAN} AS minute, 'spans' AS source, (${RAW_SUMS}) AS sums
       FROM ${database}.spans WHERE entry = 1 AND ignored = 0 AND ${ofSpans} GROUP BY minute
       UNION ALL
       SELECT ${MINUTE_OF_SPAN} AS minute, 'requests' AS source, (${RAW_SUMS}) AS sums
       FROM ${database}.requests WHERE ${ofSpans} GROUP BY minute
       UNION ALL
       SELECT toUnixTimestamp(minute) AS minute, 'minutely' AS source, (${ROLLUP_SUMS}) AS sums
       FROM ${database}.endpoint_minutely WHERE ${ofRollup} GROUP BY minute
     )
     GROUP BY minute HAVING count() < 3 OR uniqExact(sums) > 1 ORDER BY minute`,
  );
  return rows.map((row) => row.minute);
}

async function tornHours(store: Store, hours: readonly number[]): Promise<number[]> {
  const { database } = store;
  const rows = await store.query<{ hour: number }>(
    `SELECT hour FROM
     (
       SELECT toUnixTimestamp(toStartOfHour(minute)) AS hour, 'minutely' AS source, (${ROLLUP_SUMS}) AS sums
       FROM ${database}.endpoint_minutely WHERE toUnixTimestamp(toStartOfHour(minute)) IN (${hours.join()}) GROUP BY hour
       UNION ALL
       SELECT toUnixTimestamp(endpoint_hourly.hour) AS hour, 'hourly' AS source, (${ROLLUP_SUMS}) AS sums
       FROM ${database}.endpoint_hourly WHERE toUnixTimestamp(endpoint_hourly.hour) IN (${hours.join()}) GROUP BY hour
     )
     GROUP BY hour HAVING count() < 2 OR uniqExact(sums) > 1 ORDER BY hour`,
  );
  return rows.map((row) => row.hour);
}

async function rebuildMinutes(store: Store, minutes: readonly number[]): Promise<void> {
  const ofSpans = inMinutes(MINUTE_OF_SPAN, 'timestamp', minutes);
  await rebuild(store, 'requests', ofSpans, 'spans', ofSpans);
  await rebuild(store, 'endpoint_minutely', inMinutes('toUnixTimestamp(minute)', 'minute', minutes), 'spans', ofSpans);
}

async function rebuildHours(store: Store, hours: readonly number[]): Promise<void> {
  const ofMinutes = `toUnixTimestamp(toStartOfHour(minute)) IN (${hours.join()})`;
  await rebuild(store, 'endpoint_hourly', `toUnixTimestamp(hour) IN (${hours.join()})`, 'endpoint_minutely', ofMinutes);
}

/** Deletes rows of a view's target and computes them again from the rows of its source. */
async function rebuild(store: Store, target: string, which: string, source: string, from: string): Promise<void> {
  const { database } = store;
  const [view] = await store.query<{ select: string; columns: string }>(
    `SELECT as_select AS select,
       (SELECT arrayStringConcat(groupArray(name), ', ') FROM system.columns
        WHERE database = {database:String} AND table = {view:String}) AS columns
     FROM system.tables WHERE database = {database:String} AND name = {view:String}`,
    { database, view: `${target}_mv` },
  );
  if (view === undefined) throw new Error(`There is no view ${target}_mv`);
  await store.command(`DELETE FROM ${database}.${target} WHERE ${which} SETTINGS lightweight_deletes_sync = 2`);
  const filter = from.replaceAll("'", "\\'");
  // What a view inserts is deduplicated by its content, and what was deleted is still known.
  await store.command(
    `INSERT INTO ${database}.${target} (${view.columns}) ${view.select}
     SETTINGS insert_deduplicate = 0, additional_table_filters = {'${database}.${source}': '${filter}'}`,
  );
}

/** With bounds, so that partitions and granules of other times are not read. */
function inMinutes(minuteOf: string, column: string, minutes: readonly number[]): string {
  const first = `toDateTime(${minutes[0]}, 'UTC')`;
  const end = `toDateTime(${minutes.at(-1)! + 60}, 'UTC')`;
  return `${column} >= ${first} AND ${column} < ${end} AND ${minuteOf} IN (${minutes.join()})`;
}
