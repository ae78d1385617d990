import { stringLiteral } from '../store/sql-literal.ts';
import { exception } from './exception.ts';

/** What a request's address says beside the statement. */
export interface QuerySettings {
  readonly database: string | undefined;
  readonly queryId: string | undefined;
  /** Format of the answer where the statement names none. */
  readonly format: string;
  /** Settings of the engine, by name; `readonly` apart, because it ends all setting. */
  readonly settings: ReadonlyMap<string, string>;
  /** `1` or `2` where the caller wants to be kept from writing. */
  readonly readonly: string | undefined;
  /** Values of `{name:Type}`, as text that the engine parses. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Kept apart, or for a server's HTTP layer, its users or its sessions, none of which the embedded engine has. */
const NOT_FOR_THE_ENGINE = new Set([
  'readonly',
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'quota_key',
  'compress',
  'decompress',
  'client_protocol_version',
  'stacktrace',
  'log_comment',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'http_zlib_compression_level',
  'http_response_buffer_size',
  'http_headers_progress_interval_ms',
  'send_progress_in_http_headers',
  'http_write_exception_in_output_format',
  'cancel_http_readonly_queries_on_client_close',
]);

export function querySettings(search: URLSearchParams, headers: Readonly<Record<string, unknown>>): QuerySettings {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  if (search.get('compress') === '1') {
    throw exception(
      48,
      "ClickHouse's own compression is not offered here; ask for gzip by Accept-Encoding",
      'NOT_IMPLEMENTED',
    );
  }
  for (const [name, value] of search) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value);
    else if (!NOT_FOR_THE_ENGINE.has(name)) settings.set(name, value);
  }
  const header = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  return {
    database: search.get('database') ?? header('x-clickhouse-database'),
    queryId: search.get('query_id') ?? undefined,
    format: search.get('default_format') ?? header('x-clickhouse-format') ?? 'TabSeparated',
    settings,
    readonly: search.get('readonly') ?? undefined,
    parameters,
  };
}

/** The statements that prepare a fresh session; a name that could be anything but a name throws. */
export function sessionStatements(query: QuerySettings): string[] {
  const assignments = [
    ...[...query.settings].map(([name, value]) => `${plainName(name)} = ${stringLiteral(value)}`),
    ...[...query.parameters].map(([name, value]) => `param_${plainName(name)} = ${stringLiteral(value)}`),
  ];
  const statements = assignments.length === 0 ? [] : [`SET ${assignments.join(', ')}`];
  if (query.database !== undefined && query.database !== '') statements.push(`USE ${quotedName(query.database)}`);
  return statements;
}

function plainName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw exception(36, `Not a name of a setting: ${JSON.stringify(name)}`, 'BAD_ARGUMENTS');
}

/** A string literal's escapes hold within backquotes too. */
export function quotedName(name: string): string {
  return `\`${stringLiteral(name).slice(1, -1)}\``;
}
