import { stringLiteral } from '../store/sql-literal.ts';
import { exception } from './exception.ts';
import type { QuerySettings } from './query-settings.ts';

/** What one query of a read-only port may take, whatever it asks for. */
export interface ReadLimits {
  /** The engine gives up after this long, in seconds. */
  readonly executionSecondsMax: number;
  /** What the engine may allocate for it, in bytes. */
  readonly memoryBytesMax: number;
  /** What it may put on disk when a sort or a grouping outgrows memory, in bytes; gone when it ends. */
  readonly temporaryBytesMax: number;
  /** Its answer, before it is packed, in bytes. */
  readonly resultBytesMax: number;
  /** Cores that it may use at once. */
  readonly threadsMax: number;
}

/**
 * For a port beside a collector on the same machine: a panel of a dashboard needs a hundredth of this. One thread, so
 * that what is asked here leaves a core to what is received, stored and shown.
 */
export const READ_LIMITS: ReadLimits = {
  executionSecondsMax: 30,
  memoryBytesMax: 512 * 1024 ** 2,
  temporaryBytesMax: 512 * 1024 ** 2,
  resultBytesMax: 64 * 1024 ** 2,
  threadsMax: 1,
};

/** Throws the engine's own READONLY error for a setting that the address brings and that is not harmless by name. */
export function checkReadSettings({ settings }: QuerySettings): void {
  for (const name of settings.keys()) {
    if (HARMLESS.test(name)) continue;
    throw exception(164, `Cannot modify '${name}' setting: this port is read-only`, 'READONLY');
  }
}

/**
 * Lift no limit and name no file: how an answer looks, and how much less may be read than we allow. By name, because
 * among those that look alike, `output_format_schema` writes a file and `format_template_row` reads one.
 */
const HARMLESS =
  /^(?:(?:output_format_(?:json|pretty|csv|tsv|native|arrow|parquet|xml)|format_(?:csv|tsv))_\w+|output_format_(?:write_statistics|decimal_trailing_zeros)|date_time_output_format|session_timezone|join_use_nulls|max_result_rows|max_result_bytes|result_overflow_mode|extremes|max_execution_time)$/;

/**
 * The statement that ends all setting of a session: limits, and then `readonly`, which nothing takes back.
 *
 * @param mark by which the query that follows can be told to stop
 */
export function readLimitsStatement({ settings }: QuerySettings, limits: ReadLimits, mark: string): string {
  const atMost = (name: string, most: number) => {
    const asked = Number(settings.get(name) ?? most);
    return `${name} = ${asked > 0 && asked < most ? asked : most}`;
  };
  const assignments = [
    atMost('max_execution_time', limits.executionSecondsMax),
    atMost('max_result_bytes', limits.resultBytesMax),
    `max_memory_usage = ${limits.memoryBytesMax}`,
    `max_temporary_data_on_disk_size_for_query = ${limits.temporaryBytesMax}`,
    `max_threads = ${limits.threadsMax}`,
    `log_comment = ${stringLiteral(mark)}`,
    'readonly = 1',
  ];
  return `SET ${assignments.join(', ')}`;
}

/** Columns and their text differ in size, so the text is looked at as well. */
export function checkResult(bytes: number, limits: ReadLimits): void {
  if (bytes <= limits.resultBytesMax) return;
  throw exception(
    396,
    `Limit for result exceeded: ${bytes} bytes, ${limits.resultBytesMax} are allowed here; ask for fewer rows or columns`,
    'TOO_MANY_ROWS_OR_BYTES',
  );
}
