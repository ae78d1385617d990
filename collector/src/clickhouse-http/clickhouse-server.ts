import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { exception, exceptionCode, exceptionStatus } from './exception.ts';
import { insertWithData } from './insert-with-data.ts';
import { type Answer, QueryRunner, type QueryRunnerOptions } from './query-runner.ts';
import { querySettings } from './query-settings.ts';

/**
 * ClickHouse's HTTP interface over the embedded engine: what speaks to a server speaks to this. `@clickhouse/client` and
 * curl work against it unchanged; answers are made whole before they are sent, so an error is never half an answer.
 */
export interface ClickHouseServerOptions extends QueryRunnerOptions {
  /** Size of a request's body, unpacked, in bytes. @default 256 MiB */
  readonly bodyBytesMax?: number;
  /** Names of this machine, beside the loopback ones, by which a request may call it. @default [] */
  readonly hosts?: readonly string[];
}

/** Listening is the caller's; `close` of the returned server stops it, `drained` of the runner waits for its queries. */
export function createClickHouseServer(options: ClickHouseServerOptions): { server: Server; runner: QueryRunner } {
  const runner = new QueryRunner(options);
  const bodyBytesMax = options.bodyBytesMax ?? 256 * 1024 ** 2;
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]', ...(options.hosts ?? [])]);
  const server = createServer((request, response) => {
    answer(request, response, { runner, bodyBytesMax, hosts }).catch((cause: unknown) => {
      sendException(response, cause);
    });
  });
  return { server, runner };
}

interface Context {
  readonly runner: QueryRunner;
  readonly bodyBytesMax: number;
  readonly hosts: ReadonlySet<string>;
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (isForeign(request, context.hosts)) return send(response, 403, 'Requests from other sites are refused\n');
  if (url.pathname === '/ping') return send(response, 200, 'Ok.\n');
  if (url.pathname !== '/') return send(response, 404, `There is no handle ${url.pathname}\n`);
  if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) return send(response, 405, 'Use GET or POST\n');
  const settings = querySettings(url.searchParams, request.headers);
  const body = await readBody(request, context.bodyBytesMax);
  const query = url.searchParams.get('query') ?? '';
  const { text, data } = query === '' ? statementInBody(body) : { text: query, data: body };
  if (text.trim() === '') return send(response, 200, 'Ok.\n');
  response.setHeader('X-ClickHouse-Query-Id', settings.queryId ?? randomUUID());
  const result = await context.runner.run(text, data, settings, request.method !== 'POST');
  await sendAnswer(request, response, result);
}

/**
 * A page of any site may send a browser's request to a port of this machine, under a name that it makes resolve to
 * 127.0.0.1: such a request is known by its `Host`, or by the `Origin` that the browser adds.
 */
function isForeign(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const nameOf = (authority: string) => (URL.canParse(authority) ? new URL(authority).hostname : authority);
  const { host, origin } = request.headers;
  if (host !== undefined && !hosts.has(nameOf(`http://${host}`))) return true;
  return origin !== undefined && !hosts.has(nameOf(origin));
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

function send(response: ServerResponse, status: number, body: string | Uint8Array): void {
  const bytes = Buffer.from(body as Uint8Array);
  response.writeHead(status, { 'Content-Length': bytes.length, 'X-ClickHouse-Server-Display-Name': 'profiler' });
  response.end(bytes);
}

/** As a server words it: `Code: 60. DB::Exception: ... (UNKNOWN_TABLE)`, the code in a header too. */
function sendException(response: ServerResponse, cause: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = (cause instanceof Error ? cause.message : String(cause)).replace(/^Query failed: /, '').trimEnd();
  const code = exceptionCode(text);
  const body = text.startsWith('Code: ') ? text : exception(code, text, 'UNKNOWN_EXCEPTION').message;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  send(response, exceptionStatus(code), `${body}\n`);
}
