import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { drainPending, Session } from 'chdb';
import { stringLiteral } from './sql-literal.ts';
import { StoreError } from './store.ts';

/**
 * Opens the embedded engine on a directory: `engine/` holds its data, `handover/` the files by which bytes reach it. No
 * client's bytes are ever part of a statement, because what follows a blank line in inline data would run as SQL.
 *
 * One process holds one directory; every further session of the process shares the engine that the first one configured.
 */
export interface EmbeddedEngine {
  /** Path of the engine's data, to open further sessions on. */
  readonly directory: string;
  /** An empty directory at start, for files that a statement reads by `file()`. */
  readonly handoverDirectory: string;
  /** A further session, with the settings that every session starts from. */
  session(): Session;
  /** Waits for what still runs, then lets go of the directory. */
  close(): Promise<void>;
}

export interface EmbeddedEngineOptions {
  /** What the engine may allocate before queries fail with "memory limit exceeded", in bytes. @default 2 GiB */
  readonly memoryBytesMax?: number;
  /** Whether what was inserted is synced to disk before the insert returns, so that it survives a loss of power. @default false */
  readonly sync?: boolean;
}

/**
 * What every session starts with: UTC whatever the machine's zone, large sorts and groupings that go to disk before they
 * run into the limit of memory, and files that are read piece by piece: mapped, as this engine does by default, all of a
 * handed-over file counts as memory of the process. All else is ClickHouse's own default.
 */
export const SESSION_SETTINGS =
  "SET session_timezone = 'UTC', max_threads = 2, max_bytes_before_external_group_by = 268435456, max_bytes_before_external_sort = 268435456, storage_file_read_method = 'pread'";

export function openEmbeddedEngine(dataDir: string, options: EmbeddedEngineOptions = {}): EmbeddedEngine {
  const root = resolve(dataDir);
  if (/[*?{}\\]/.test(root)) {
    throw failure(
      `The data directory ${root} has one of * ? { } \\ in its path, which the engine does not read as they stand; choose another`,
    );
  }
  const directory = join(root, 'engine');
  const handoverDirectory = join(root, 'handover');
  const configPath = join(root, 'engine.xml');
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(configPath, engineConfig(options.memoryBytesMax ?? 2 * 1024 ** 3, options.sync ?? false));
  } catch (cause) {
    throw failure(`Cannot write to the data directory ${root}: ${reason(cause)}`, cause);
  }
  const first = openFirstSession(root, directory, configPath);
  // Only now, when the directory is surely ours: files of a process that was killed are of no use to anyone.
  rmSync(handoverDirectory, { recursive: true, force: true });
  mkdirSync(handoverDirectory);
  return {
    directory,
    handoverDirectory,
    session() {
      const session = new Session(directory);
      session.query(SESSION_SETTINGS);
      return session;
    },
    async close() {
      await drainPending();
      first.close();
      await drainPending();
    },
  };
}

function openFirstSession(root: string, directory: string, configPath: string): Session {
  try {
    return new Session(directory, { connectionArgs: [`--config-file=${configPath}`] });
  } catch (cause) {
    if (reason(cause).includes('one active data directory')) {
      throw failure(`This process already has an embedded engine open on another directory: ${reason(cause)}`, cause);
    }
    throw failure(
      `Cannot open the embedded engine in ${root}. Most likely another process holds this directory: ` +
        'stop it, or give this one another --data-dir; several collectors share a ClickHouse server by --clickhouse-url',
      cause,
    );
  }
}

/**
 * Made for a process among others on one machine, not for a server of its own: the engine's defaults would take 90 % of
 * the memory and 5 GB of marks.
 */
function engineConfig(memoryBytesMax: number, sync: boolean): string {
  const settings = [
    ['max_server_memory_usage', memoryBytesMax],
    ['mark_cache_size', 64 * 1024 ** 2],
    ['index_mark_cache_size', 16 * 1024 ** 2],
    ['primary_index_cache_size', 64 * 1024 ** 2],
    ['mmap_cache_size', 100],
    // One merge at a time, because each holds memory. It can wait; what receives, inserts and answers goes first.
    ['background_pool_size', 1],
    ['background_merges_mutations_concurrency_ratio', 1],
    // A table that found the merger taken, or nothing to merge, looks again after a second, not ever later: parts that wait
    // hold memory too.
    ['background_processing_pool_task_sleep_seconds_when_no_work_max', 1],
    ['background_processing_pool_task_sleep_seconds_when_no_work_random_part', 0.1],
    ['background_processing_pool_thread_sleep_seconds_random_part', 0.1],
    ['os_threads_nice_value_merge_mutate', 9],
    ['background_schedule_pool_size', 4],
    ['background_common_pool_size', 2],
  ] as const;
  const tables = [
    // Each part that a merge replaced holds some 35 KB of memory until it is deleted, and at full load there are 13 a second.
    // Where the merged one is not synced they stay for as long as the system may take to write it.
    ['old_parts_lifetime', sync ? 5 : 60],
    ['cleanup_delay_period', 5],
    ['max_cleanup_delay_period', 10],
    ['cleanup_delay_period_random_add', 2],
    // A part of one segment is compact, few files; what merges make of them is wide, so that a merge goes column by column.
    ['min_bytes_for_wide_part', 26214400],
    // Each row is merged fewer times; what a merge holds grows with the parts in it.
    ['merge_selector_base', 13],
    ['max_parts_to_merge_at_once', 16],
    // A merge takes a minute at most, so that the next does not wait until there are too many parts.
    ['max_bytes_to_merge_at_max_space_in_pool', 1073741824],
    // What a merge holds of each part and column: of the attributes a granule, at least.
    ['merge_max_block_size', 2048],
    ['merge_max_block_size_bytes', 1048576],
    ['index_granularity_bytes', 1048576],
    ['max_compress_block_size', 262144],
    // Lengths between the texts, not in a file of their own: what repeats, repeats with its length.
    ['string_serialization_version', 'single_stream'],
    ['min_columns_to_activate_adaptive_write_buffer', 1],
    ['vertical_merge_algorithm_min_rows_to_activate', 8192],
    ['fsync_after_insert', Number(sync)],
    ['fsync_part_directory', Number(sync)],
    ['min_compressed_bytes_to_fsync_after_merge', Number(sync)],
    // Follow from the small pool, or the engine refuses to choose merges at all.
    ['number_of_free_entries_in_pool_to_execute_mutation', 1],
    ['number_of_free_entries_in_pool_to_lower_max_size_of_merge', 1],
    ['number_of_free_entries_in_pool_to_execute_optimize_entire_partition', 1],
  ] as const;
  const xml = (pairs: readonly (readonly [string, number | string])[]) =>
    pairs.map(([name, value]) => `<${name}>${value}</${name}>`).join('');
  return `<clickhouse>${xml(settings)}<merge_tree>${xml(tables)}</merge_tree></clickhouse>\n`;
}

/** `file()` over a handed-over file, its structure as in `name Type, ...`. */
export function fileFunction(path: string, format: string, structure: string): string {
  return `file(${stringLiteral(path)}, ${stringLiteral(format)}, ${stringLiteral(structure)})`;
}

function failure(message: string, cause?: unknown): StoreError {
  return new StoreError(message, { retryable: false, code: 0, cause });
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
