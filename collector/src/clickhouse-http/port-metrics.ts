import { Counter, Gauge, type Registry } from 'prom-client';
import type { Outcome } from './clickhouse-server.ts';
import type { QueryRunner } from './query-runner.ts';

/**
 * How a query ended: answered; failed, in the engine's words; refused, because it would have written or lifted a limit;
 * busy, no place was free in time; denied, a wrong password or another site's page.
 */
const RESULTS = ['answered', 'failed', 'refused', 'busy', 'denied'] as const;
type Result = (typeof RESULTS)[number];

const RESULT_OF_CODE: Readonly<Record<number, Result>> = {
  0: 'answered',
  164: 'refused',
  202: 'busy',
  497: 'denied',
  516: 'denied',
};

/** A type, not an interface, so that it can be shown as plain figures. */
export type PortFigures = { readonly [Name in Result | 'running' | 'waiting' | 'resultBytes']: number };

/** What the port counts: for a person in `profiler status`, for Prometheus in the registry. */
export class PortMetrics {
  readonly #counts: Record<Result, number> = { answered: 0, failed: 0, refused: 0, busy: 0, denied: 0 };
  #resultBytes = 0;
  readonly #queries;
  readonly #seconds;
  readonly #bytes;

  constructor(registry: Registry, runner: () => Pick<QueryRunner, 'running' | 'waiting'>) {
    const registers = [registry];
    this.#queries = new Counter({
      name: 'profiler_clickhouse_port_queries_total',
      help: 'Queries by --clickhouse-port: answered, failed, refused as no read, busy (no free place), denied access',
      labelNames: ['result'],
      registers,
    });
    for (const result of RESULTS) this.#queries.inc({ result }, 0);
    this.#seconds = new Counter({
      name: 'profiler_clickhouse_port_query_seconds_total',
      help: 'Time from request to answer of the queries by --clickhouse-port, the wait for a place included',
      registers,
    });
    this.#bytes = new Counter({
      name: 'profiler_clickhouse_port_result_bytes_total',
      help: 'Answers to queries by --clickhouse-port, before they are packed',
      registers,
    });
    new Gauge({
      name: 'profiler_clickhouse_port_queries',
      help: 'Queries by --clickhouse-port that run, or wait for a place',
      labelNames: ['state'],
      registers,
      collect() {
        this.set({ state: 'running' }, runner().running);
        this.set({ state: 'waiting' }, runner().waiting);
      },
    });
  }

  count({ code, seconds, resultBytes }: Outcome): void {
    const result = RESULT_OF_CODE[code] ?? 'failed';
    this.#counts[result] += 1;
    this.#resultBytes += resultBytes;
    this.#queries.inc({ result });
    this.#seconds.inc(seconds);
    this.#bytes.inc(resultBytes);
  }

  figures({ running, waiting }: Pick<QueryRunner, 'running' | 'waiting'>): PortFigures {
    return { ...this.#counts, running, waiting, resultBytes: this.#resultBytes };
  }
}
