import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../store/migrate.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { encodeCursor } from './cursor.ts';
import { listRequests } from './requests.ts';
import type { List, Request } from './types.ts';

const ROWS = 2_000_000;
const LIMIT = 500;
const PAGES = 3;
const NOW_MS = Math.floor(Date.now() / 1000) * 1000;
/** Four requests share every moment, to the nanosecond, so that the order hangs on their ids. */
const ROW = `
  fromUnixTimestamp64Nano({nowNs:Int64} - toInt64(intDiv(number, 4)) * 160000000, 'UTC') AS timestamp,
  1000000 * (number % 1999) AS duration_ns,
  lower(leftPad(hex(cityHash64(number)), 32, '0')) AS trace_id, lower(hex(cityHash64(number, 1))) AS span_id`;

/** Of some pages one after the other. */
interface Walk {
  readonly ids: string[];
  readonly pageMs: number;
}

describe('two million requests', () => {
  let store: Store;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const directory = await temporaryDirectory();
    remove = directory.remove;
    store = await openStore({ dataDir: directory.path });
    await migrate(store, { retentionDays: 7 });
    await store.command(
      `INSERT INTO requests (timestamp, duration_ns, trace_id, span_id, service, method, route, path, status_code, inserted_at)
       SELECT ${ROW}, 'shop', 'GET', '/orders/{id}', concat('/orders/', toString(number)), 200, now64(3)
       FROM numbers(${ROWS})`,
      { nowNs: String(BigInt(NOW_MS) * 1_000_000n) },
    );
  });

  afterAll(async () => {
    await store.close();
    await remove();
  });

  async function walk(sort: 'newest' | 'slowest', cursor: string | undefined): Promise<Walk> {
    const ids: string[] = [];
    let next = cursor;
    const startedMs = performance.now();
    for (let page = 0; page < PAGES; page++) {
      const list: List<Request> = await listRequests(
        store,
        { sort, limit: LIMIT, cursor: next, sinceMs: NOW_MS - 2 * 86_400_000, untilMs: NOW_MS + 1 },
        { nPlusOneThreshold: 3 },
        NOW_MS,
      );
      ids.push(...list.items.map(({ spanId }) => spanId));
      next = list.nextCursor ?? undefined;
    }
    return { ids, pageMs: (performance.now() - startedMs) / PAGES };
  }

  /** What the database itself says stands at these places of the order. */
  async function rowsFrom(sort: 'newest' | 'slowest', offset: number, limit: number) {
    const order = sort === 'slowest' ? 'duration_ns DESC, timestamp DESC' : 'timestamp DESC';
    return store.query<{ ns: number; at: string; trace_id: string; span_id: string }>(
      `SELECT duration_ns AS ns, toString(toUnixTimestamp64Nano(timestamp)) AS at, trace_id, span_id FROM requests
       ORDER BY ${order}, trace_id DESC, span_id DESC LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
      { limit, offset },
    );
  }

  it.each(['newest', 'slowest'] as const)(
    'are paged by key, %s first, as fast in the middle as at the start',
    async (sort) => {
      const first = await walk(sort, undefined);
      expect(first.ids).toEqual((await rowsFrom(sort, 0, PAGES * LIMIT)).map(({ span_id }) => span_id));
      const expected = await rowsFrom(sort, ROWS / 2, PAGES * LIMIT + 1);
      const [before, ...rest] = expected;
      const middle = await walk(
        sort,
        encodeCursor([String(before!.ns), before!.at, before!.trace_id, before!.span_id]),
      );
      expect(middle.ids).toEqual(rest.map(({ span_id }) => span_id));
      console.log(
        `${ROWS} requests, ${sort} first, a page of ${LIMIT}: ${first.pageMs.toFixed(0)} ms at the start, ${middle.pageMs.toFixed(0)} ms after a million`,
      );
      expect(middle.pageMs).toBeLessThan(10 * first.pageMs);
    },
  );
});
