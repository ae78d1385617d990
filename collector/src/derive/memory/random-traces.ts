import { fingerprint } from '@profiler/analysis';
import { randomNumbers } from '../../store/generated-spans.ts';
import type { NativeRow } from '../../store/native-rows.ts';
import { spanId, traceId } from './told-store.ts';

/** Test support: a row of `spans` or of `log_exceptions`. */
export interface RandomRow {
  readonly table: 'spans' | 'log_exceptions';
  readonly row: NativeRow;
}

const QUERIES = [
  'SELECT * FROM orders WHERE id = $1',
  'SELECT * FROM items WHERE order_id = $1',
  'UPDATE stock SET n = $1',
];
const HOUR_AGO_NS = BigInt(Math.floor(Date.now() / 60_000) - 60) * 60_000_000_000n;

/**
 * Traces as they come, the odd ones more often than they do: requests within requests, loops, an ORM's query above its
 * driver's, exceptions on spans and in log records with and without their span, ignored requests, orphans, an instrumented
 * app with folded and late spans, spans sent twice. In random order.
 *
 * With `logs`, what is derived of a part of a trace may differ from what the whole says in more than its numbers: an
 * exception is first taken to stand for itself, under a name of its own. So then only the whole can be compared.
 */
export function randomTraces(count: number, seed: number, { logs }: { readonly logs: boolean }): RandomRow[] {
  const random = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const rows: RandomRow[] = [];
  for (let index = 0; index < count; index++) {
    const name = `${seed}-${index}`;
    const ids: string[] = [];
    const isInstrumented = random() < 0.25;
    const size = 1 + Math.floor(random() * 14);
    const startNs = HOUR_AGO_NS + BigInt(Math.floor(random() * 120e9));
    const entries: string[] = [];
    for (let span = 0; span < size; span++) {
      const id = spanId(`${name}-${span}`);
      const parent = span === 0 ? '' : random() < 0.06 ? spanId(`${name}-missing`) : pick(ids);
      const isEntry = span === 0 ? !logs || random() < 0.9 : random() < 0.1;
      const query = !isEntry && random() < 0.55 ? fingerprint(pick(QUERIES)) : undefined;
      const failed = random() < 0.15;
      const isFolded = isInstrumented && !isEntry && random() < 0.6;
      const late = isInstrumented && !isEntry && !isFolded && entries.length > 0 && random() < 0.5 ? pick(entries) : '';
      if (isEntry) entries.push(id);
      ids.push(id);
      const row: NativeRow = {
        timestamp: startNs + BigInt(span * 1_000),
        duration_ns: BigInt(1_000 + Math.floor(random() * 1e6)),
        trace_id: traceId(name),
        span_id: id,
        parent_span_id: parent,
        service: pick(['shop', 'stock']),
        environment: 'test',
        version: pick(['1', '2']),
        name: isEntry ? 'GET' : pick(['load', 'find', 'handler']),
        kind: isEntry ? 2 : query === undefined ? 1 : 3,
        entry: Number(isEntry),
        method: isEntry ? 'GET' : '',
        route: isEntry ? pick(['/orders', '/stock']) : '',
        ignored: Number(isEntry && random() < 0.1),
        instrumented: Number(isEntry && isInstrumented),
        folded: Number(isFolded),
        db_system: query === undefined ? '' : 'postgresql',
        query_text: query?.text ?? '',
        fingerprint: query === undefined ? 0n : BigInt(`0x${query.hex}`),
        exception_type: failed ? 'Error' : '',
        exception_message: failed ? pick(['no stock', 'order 17 is gone']) : '',
        exception_stacktrace: failed ? `Error\n    at ${id}` : '',
        entry_span_id: late,
        loop_path: late === '' ? '' : 'load > find',
      };
      rows.push({ table: 'spans', row });
      if (random() < 0.05) rows.push({ table: 'spans', row });
    }
    for (let log = 0; logs && log < 2 && random() < 0.3; log++) {
      rows.push({
        table: 'log_exceptions',
        row: {
          timestamp: startNs + BigInt(log),
          trace_id: traceId(name),
          span_id: random() < 0.6 ? pick(ids) : random() < 0.5 ? spanId(`${name}-unsampled`) : '',
          service: 'shop',
          environment: 'test',
          version: '1',
          exception_type: 'Error',
          exception_message: pick(['no stock', 'from the log']),
          exception_stacktrace: 'from the log',
        },
      });
    }
  }
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows;
}
