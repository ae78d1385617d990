import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouseProcess, startClickHouse } from '../../collector/src/store/clickhouse-process.ts';
import { CollectorRun, type CollectorRunOptions, type CollectorStatus } from './collector-run.ts';
import { freePort } from './free-port.ts';

export interface SiteOptions {
  /** Where the data is: in the collector's own engine, or in a ClickHouse of its own process. */
  readonly storage: 'embedded' | 'server';
  /** Where the data lies, when not beside the log: on a disk that is about to fill up. */
  readonly disk?: string;
  /** Between collector and server; gets the server's origin and gives that which the collector is told. */
  readonly between?: (serverOrigin: string) => Promise<string>;
  /** Whether the data is copied to another disk before it is read, because this one has no room for that. @default false */
  readonly readsCopy?: boolean;
  readonly collector?: Pick<CollectorRunOptions, 'nodeFlags' | 'env'>;
}

/** Without any progress: on a busy machine many leftover segments take longer. */
const IDLE_MS_MAX = 90_000;
const SETTLE_MS_MAX = 900_000;
const POLL_MS = 150;
/** A run of derivation is seen through; what has not gone quiet by then is derived by the audit. */
const DERIVED_AFTER_MS = 1_200;

/** A data directory, ports that stay the same over restarts, and the processes that run on them. */
export class Site {
  readonly directory: string;
  readonly dataDir: string;
  readonly port: number;
  collector: CollectorRun | undefined;
  server: ClickHouseProcess | undefined;
  readonly #options: SiteOptions;
  #serverPort = 0;
  #clickhouseUrl: string | undefined;

  static async open(options: SiteOptions): Promise<Site> {
    const directory = await mkdtemp(join(tmpdir(), 'profiler-chaos-'));
    const site = new Site(options, directory, await freePort());
    if (options.storage === 'server') {
      site.#serverPort = await freePort();
      const origin = await site.startServer();
      site.#clickhouseUrl = `${(await options.between?.(origin)) ?? origin}/profiler`;
    }
    return site;
  }

  private constructor(options: SiteOptions, directory: string, port: number) {
    this.#options = options;
    this.directory = directory;
    this.dataDir = join(options.disk ?? directory, 'data');
    this.port = port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get spoolDir(): string {
    return join(this.dataDir, 'spool');
  }

  get handoverDir(): string {
    return join(this.#engineDir, 'handover');
  }

  get logFile(): string {
    return join(this.directory, 'collector.log');
  }

  startCollector(): CollectorRun {
    this.collector = new CollectorRun({
      port: this.port,
      dataDir: this.dataDir,
      clickhouseUrl: this.#clickhouseUrl,
      logFile: this.logFile,
      ...this.#options.collector,
    });
    return this.collector;
  }

  async startServer(): Promise<string> {
    this.server = await startClickHouse({ dataDir: this.#engineDir, port: this.#serverPort });
    return this.server.url;
  }

  /** Waits until all that was acknowledged is stored, and derived from. @returns the last status */
  async settled(): Promise<CollectorStatus> {
    const collector = this.collector!;
    const startedAt = Date.now();
    let progress = { seen: '', at: startedAt };
    let emptySince: number | undefined;
    for (;;) {
      const status = await collector.status().catch(() => undefined);
      if (status?.ingest.spoolBytes !== 0) emptySince = undefined;
      else emptySince ??= Date.now();
      const isDerived = emptySince !== undefined && Date.now() - emptySince > DERIVED_AFTER_MS;
      if (status !== undefined && isDerived && status.derivation.backlog === 0) return status;
      const seen = JSON.stringify([status?.ingest.spoolBytes, status?.ingest.stored, status?.derivation.backlog]);
      if (seen !== progress.seen) progress = { seen, at: Date.now() };
      if (Date.now() - progress.at > IDLE_MS_MAX || Date.now() - startedAt > SETTLE_MS_MAX) {
        throw new Error(`the collector did not settle: ${JSON.stringify(status)}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** A ClickHouse over the data, once no collector holds it. */
  async readStore<Result>(read: (origin: string) => Promise<Result>): Promise<Result> {
    if (this.server !== undefined) return read(this.server.url);
    const copy = this.#options.readsCopy ? await mkdtemp(join(tmpdir(), 'profiler-chaos-copy-')) : undefined;
    if (copy !== undefined) await cp(this.#engineDir, copy, { recursive: true });
    const reader = await startClickHouse({ dataDir: copy ?? this.#engineDir });
    try {
      return await read(reader.url);
    } finally {
      await reader.stop();
      if (copy !== undefined) await rm(copy, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Ends what runs, at once. */
  async stop(): Promise<void> {
    await this.collector?.end('SIGKILL');
    await this.server?.stop();
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  get #engineDir(): string {
    return this.#options.storage === 'server' ? join(this.directory, 'server') : join(this.dataDir, 'clickhouse');
  }
}
