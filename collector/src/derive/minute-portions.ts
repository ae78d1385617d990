/**
 * What one statement computes of changed minutes: as many minutes as have few rows, or some of the services of one minute that
 * has many. Grouping takes memory with the rows, so this bounds what computing a busy minute holds, whatever its load.
 */
import type { Store } from '../store/store.ts';
import { IN_MINUTES } from './minute-source-sql.ts';

export interface MinutePortion {
  /** Epoch seconds, ascending. */
  readonly minutes: readonly number[];
  readonly firstMinute: number;
  readonly lastMinute: number;
  /** The first of its services. */
  readonly fromService: string;
  /** The first of the services behind it; empty when it goes on to the last. */
  readonly beforeService: string;
}

export interface PortionRows {
  /** Epoch seconds. */
  readonly minute: number;
  readonly service: string;
  readonly rows: number;
}

/** Rows of one statement. One service's minute is never divided: its requests are counted once. */
const ROWS_MAX = 150_000;
/** Minutes further apart than this are not read as one range. */
const GAP_SECONDS_MAX = 600;
/** Minutes whose rows are counted by one query. */
const MINUTES_COUNTED_MAX = 1_000;

/** @param minutes epoch seconds, each a whole minute */
export async function minutePortions(
  store: Store,
  minutes: readonly number[],
  rowsMax = ROWS_MAX,
): Promise<MinutePortion[]> {
  const sorted = [...new Set(minutes)].sort((a, b) => a - b);
  const portions: MinutePortion[] = [];
  for (let at = 0; at < sorted.length; at += MINUTES_COUNTED_MAX) {
    portions.push(...portionsOf(await countRows(store, sorted.slice(at, at + MINUTES_COUNTED_MAX)), rowsMax));
  }
  return portions;
}

function countRows(store: Store, minutes: readonly number[]): Promise<PortionRows[]> {
  return store.query(
    `SELECT toUInt32(toUnixTimestamp(toStartOfMinute(timestamp))) AS minute, service, count() AS rows
     FROM ${store.database}.request_queries
     WHERE ${IN_MINUTES}
     GROUP BY minute, service
     ORDER BY minute, service`,
    { minutes, firstMinute: minutes[0]!, lastMinute: minutes.at(-1)! },
  );
}

/** @param counts by minute, then by service in the order of the store */
export function portionsOf(counts: readonly PortionRows[], rowsMax = ROWS_MAX): MinutePortion[] {
  const portions: MinutePortion[] = [];
  let open: { minutes: number[]; rows: number } | undefined;
  for (const services of byMinute(counts)) {
    const { minute } = services[0]!;
    const rows = services.reduce((sum, service) => sum + service.rows, 0);
    const isNear = open !== undefined && minute - open.minutes.at(-1)! <= GAP_SECONDS_MAX;
    if (isNear && open!.rows + rows <= rowsMax) {
      open!.minutes.push(minute);
      open!.rows += rows;
      continue;
    }
    if (open !== undefined) portions.push(portion(open.minutes));
    open = undefined;
    if (rows <= rowsMax) open = { minutes: [minute], rows };
    else portions.push(...servicePortions(services, rowsMax));
  }
  if (open !== undefined) portions.push(portion(open.minutes));
  return portions;
}

function byMinute(counts: readonly PortionRows[]): Iterable<PortionRows[]> {
  const minutes = new Map<number, PortionRows[]>();
  for (const count of counts) minutes.set(count.minute, [...(minutes.get(count.minute) ?? []), count]);
  return minutes.values();
}

/** Each goes on to where the next begins, so that a service that comes up meanwhile is in one of them. */
function servicePortions(services: readonly PortionRows[], rowsMax: number): MinutePortion[] {
  const starts: string[] = [''];
  let rows = 0;
  for (const service of services) {
    if (rows > 0 && rows + service.rows > rowsMax) {
      starts.push(service.service);
      rows = 0;
    }
    rows += service.rows;
  }
  const minutes = [services[0]!.minute];
  return starts.map((fromService, index) => portion(minutes, fromService, starts[index + 1]));
}

function portion(minutes: readonly number[], fromService = '', beforeService = ''): MinutePortion {
  return { minutes, firstMinute: minutes[0]!, lastMinute: minutes.at(-1)!, fromService, beforeService };
}
