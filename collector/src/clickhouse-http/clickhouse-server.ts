import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { type Access, isAllowed, isForeign } from './access.ts';
import { exception, exceptionCode, exceptionStatus } from './exception.ts';
import { insertWithData } from './insert-with-data.ts';
import { driverHello, isDriverHello } from './native-hello.ts';
import { type Answer, QueryRunner, type QueryRunnerOptions } from './query-runner.ts';
import { querySettings } from './query-settings.ts';

/**
 * ClickHouse's HTTP interface over the embedded engine: what speaks to a server speaks to this. `@clickhouse/client`,
 * clickhouse-go and curl work against it unchanged; answers are made whole before they are sent, so an error is never
 * half an answer.
 */
export interface ClickHouseServerOptions extends QueryRunnerOptions {
  /** Size of a request's body, unpacked, in bytes. @default 256 MiB */
  readonly bodyBytesMax?: number;
  /** @default this machine only, no password */
  readonly access?: Partial<Access>;
  /** Database of a request that names none. @default the engine's own default */
  readonly database?: string;
  /** Called once for each query that was answered or refused. */
  readonly answered?: (outcome: Outcome) => void;
}

export interface Outcome {
  /** ClickHouse's error code; 0 when the query was answered. */
  readonly code: number;
  /** From the request to its answer, the wait for a place included. */
  readonly seconds: number;
  /** Size of the answer before it was packed. */
  readonly resultBytes: number;
}

/** Listening is the caller's; `close` of the returned server stops it, `drained` of the runner waits for its queries. */
export function createClickHouseServer(options: ClickHouseServerOptions): { server: Server; runner: QueryRunner } {
  const runner = new QueryRunner(options);
  const bodyBytesMax = options.bodyBytesMax ?? 256 * 1024 ** 2;
  const access = { hosts: [], password: undefined, ...options.access };
  const context = { runner, bodyBytesMax, access, database: options.database };
  const server = createServer((request, response) => {
    const startedMs = performance.now();
    const outcome = (code: number, resultBytes: number) =>
      options.answered?.({ code, resultBytes, seconds: (performance.now() - startedMs) / 1000 });
    answer(request, response, context).then(
      (resultBytes) => {
        if (resultBytes !== undefined) outcome(0, resultBytes);
      },
      (cause: unknown) => {
        outcome(sendException(request, response, cause), 0);
      },
    );
  });
  return { server, runner };
}

interface Context {
  readonly runner: QueryRunner;
  readonly bodyBytesMax: number;
  readonly access: Access;
  readonly database: string | undefined;
}

/** @returns the size of the answer to a query, `undefined` when none was asked */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
): Promise<number | undefined> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (isForeign(request, context.access))
    throw exception(497, 'Requests from other sites are refused', 'ACCESS_DENIED');
  if (url.pathname === '/ping') return send(response, 200, 'Ok.\n');
  if (url.pathname !== '/') return send(response, 404, `There is no handle ${url.pathname}\n`);
  if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) return send(response, 405, 'Use GET or POST\n');
  if (!isAllowed(request, url.searchParams, context.access)) {
    throw exception(516, 'Authentication failed: the password is wrong or missing', 'AUTHENTICATION_FAILED');
  }
  const named = querySettings(url.searchParams, request.headers);
  const settings = { ...named, database: named.database || context.database };
  const body = await readBody(request, context.bodyBytesMax);
  const query = url.searchParams.get('query') ?? '';
  const { text, data } = query === '' ? statementInBody(body) : { text: query, data: body };
  if (text.trim() === '') return send(response, 200, 'Ok.\n');
  response.setHeader('X-ClickHouse-Query-Id', settings.queryId ?? randomUUID());
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const run = (sql: string) => context.runner.run(sql, data, settings, request.method !== 'POST', gone.signal);
  const result = isDriverHello(text, url.searchParams) ? await hello(run) : await run(text);
  await sendAnswer(request, response, result);
  return result.bytes.length;
}

async function hello(run: (sql: string) => Promise<Answer>): Promise<Answer> {
  const version = await run('SELECT version() FORMAT TSVRaw');
  return { ...version, bytes: driverHello(Buffer.from(version.bytes).toString().trim()), format: 'Native' };
}

/** A statement and binary rows may share the body: the statement is text as far as the rows, found byte by byte. */
function statementInBody(body: Buffer): { text: string; data: Uint8Array } {
  const insert = insertWithData(body.toString('latin1'));
  if (insert === undefined) return { text: body.toString('utf8'), data: new Uint8Array() };
  return { text: body.subarray(0, insert.dataStart).toString('utf8'), data: body.subarray(insert.dataStart) };
}

async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw exception(89, `Unknown compression method: ${encoding}`, 'UNKNOWN_COMPRESSION_METHOD');
  }
  const source = encoding === 'gzip' ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw exception(396, `The body is larger than ${bytesMax} bytes`, 'TOO_MANY_ROWS_OR_BYTES');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const zip = promisify(gzip);

async function sendAnswer(request: IncomingMessage, response: ServerResponse, result: Answer): Promise<void> {
  const summary = {
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  };
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
  response.setHeader('X-ClickHouse-Format', result.format);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('Content-Type', contentType(result.format));
  const packed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) && result.bytes.length > 0;
  if (packed) response.setHeader('Content-Encoding', 'gzip');
  const bytes = packed ? await zip(result.bytes, { level: 1 }) : result.bytes;
  send(response, 200, request.method === 'HEAD' ? '' : bytes);
}

function contentType(format: string): string {
  if (/^JSON/i.test(format))
    return /EachRow/i.test(format) ? 'application/x-ndjson; charset=UTF-8' : 'application/json; charset=UTF-8';
  if (/^(TSV|TabSeparated)/i.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^CSV/i.test(format)) return 'text/csv; charset=UTF-8';
  return 'application/octet-stream';
}

function send(response: ServerResponse, status: number, body: string | Uint8Array): undefined {
  const bytes = Buffer.from(body as Uint8Array);
  response.writeHead(status, { 'Content-Length': bytes.length, 'X-ClickHouse-Server-Display-Name': 'profiler' });
  response.end(bytes);
}

/** As a server words it: `Code: 60. DB::Exception: ... (UNKNOWN_TABLE)`, the code in a header too. @returns the code */
function sendException(request: IncomingMessage, response: ServerResponse, cause: unknown): number {
  const text = (cause instanceof Error ? cause.message : String(cause)).replace(/^Query failed: /, '').trimEnd();
  const code = exceptionCode(text);
  if (response.headersSent) {
    response.destroy();
    return code;
  }
  const body = text.startsWith('Code: ') ? text : exception(code, text, 'UNKNOWN_EXCEPTION').message;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  if (code === 516) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  // What is left of a body that was refused is not waited for.
  if (!request.complete) response.setHeader('Connection', 'close');
  send(response, exceptionStatus(code), `${body}\n`);
  return code;
}
