/**
 * Fills a store with spans that the engine makes itself: requests of fifty endpoints of five services over seven days, in two
 * versions, each with nine queries. The views make of them what they make of any span; what is derived from whole traces is
 * put beside, as derivation would leave it.
 */
import { recomputeHours } from '../../../collector/src/derive/recompute-hours.ts';
import type { Store } from '../../../collector/src/store/store.ts';

const SPANS_OF_REQUEST = 10;
const SPANS_AT_ONCE = 500_000;
/** As long as spans are kept by default. */
const DAYS = 7;

export async function fillStore(store: Store, spans: number, nowMs: number): Promise<void> {
  const { database } = store;
  // As they come: what is inserted together is of the same minutes.
  const gapNs = Math.floor((DAYS * 86_400e9) / (spans / SPANS_OF_REQUEST));
  const startNs = BigInt(nowMs - DAYS * 86_400_000) * 1_000_000n;
  for (let first = 0; first < spans; first += SPANS_AT_ONCE) {
    await store.longCommand(
      `INSERT INTO ${database}.spans (timestamp, duration_ns, trace_id, span_id, parent_span_id, service, environment, version,
         name, kind, entry, error, slow, instrumented, method, route, path, status_code, db_system, query_text, fingerprint,
         attributes, inserted_at)
       SELECT fromUnixTimestamp64Nano(toInt64({start:Int64}) + toInt64(at) + (number % 10) * 1000000, 'UTC'),
         toUInt64(if(is_entry, 1, 0.1) * 5e7 * exp((cityHash64(number) % 1000) / 400 - 1)) AS ns,
         leftPad(lower(hex(request)), 32, '0'), leftPad(lower(hex(number + 1)), 16, '0'),
         if(is_entry, '', leftPad(lower(hex(request * 10 + 1)), 16, '0')),
         concat('service-', toString(endpoint % 5)), 'production', if(at < 4e14, '1.4.2', '1.5.0'),
         if(is_entry, concat('GET ', path_of), 'SELECT'), if(is_entry, 2, 3), is_entry, is_entry AND request % 50 = 0,
         is_entry AND ns > 1e9, 1, if(is_entry, 'GET', ''), if(is_entry, path_of, ''), if(is_entry, path_of, ''),
         if(is_entry, 200, 0), if(is_entry, '', 'postgresql'),
         if(is_entry, '', concat('SELECT * FROM items_', toString(endpoint))), if(is_entry, 0, 1 + endpoint),
         map('server.address', 'shop.internal'), now64(3)
       FROM (
         SELECT number, intDiv(number, ${SPANS_OF_REQUEST}) AS request, number % ${SPANS_OF_REQUEST} = 0 AS is_entry,
           cityHash64(request, 'endpoint') % 50 AS endpoint, concat('/route/', toString(endpoint)) AS path_of,
           toUInt64(request * {gapNs:UInt64} + cityHash64(request) % {gapNs:UInt64}) AS at
         FROM numbers(toUInt64({first:UInt64}), toUInt64({count:UInt64}))
       )
       SETTINGS max_insert_threads = 1, max_memory_usage = 1500000000, max_partitions_per_insert_block = 0`,
      { start: startNs.toString(), gapNs, first, count: Math.min(SPANS_AT_ONCE, spans - first) },
    );
  }
  await store.longCommand(
    `INSERT INTO ${database}.request_minutely
     SELECT toStartOfMinute(toDateTime(timestamp, 'UTC')) AS minute, service, environment, version, method, route,
       count() * 9, sum(duration_ns) / 2, 0, now64(3)
     FROM ${database}.requests
     GROUP BY minute, service, environment, version, method, route`,
  );
  const thisHour = Math.floor(nowMs / 3_600_000) * 3_600;
  const hours = Array.from({ length: DAYS * 24 }, (_, index) => thisHour - (index + 1) * 3_600);
  await recomputeHours(store, hours, nowMs);
}
