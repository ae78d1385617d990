import type { Status } from '../../api/types.ts';
import { CollectorClient } from '../collector-client.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { ClickHouseSource } from './grafana-provisioning.ts';

export interface SourceFlags {
  /** The collector. */
  readonly url: string;
  readonly authToken?: string;
  readonly clickhouseUrl?: string;
  readonly clickhousePort?: string;
}

const DATABASE = 'profiler';
const USUAL_PORT = 8123;

/**
 * Where Grafana is to read: the server or the port that the flags name, else what the collector says of itself. Where that
 * is nothing, the usual port; `hint` then says what is missing.
 */
export async function clickhouseSource(flags: SourceFlags): Promise<{ source: ClickHouseSource; hint?: string }> {
  const { clickhouseUrl, clickhousePort } = flags;
  if (clickhouseUrl !== undefined && clickhousePort !== undefined) {
    throw new CliError('--clickhouse-url names a server, --clickhouse-port the embedded storage: give one', EXIT.usage);
  }
  if (clickhouseUrl !== undefined) return { source: ofUrl(clickhouseUrl) };
  if (clickhousePort !== undefined) return { source: embedded(portOf(clickhousePort)) };
  const status = await new CollectorClient(flags).get<Status>('/status').catch(() => undefined);
  if (status?.clickhousePort) return { source: ofUrl(`${status.clickhousePort.url}/${status.storage.database}`) };
  const source = embedded(USUAL_PORT);
  if (status === undefined) return { source, hint: `no collector answers at ${flags.url}: ${startLine(USUAL_PORT)}` };
  if (status.storage.kind === 'embedded') return { source, hint: `its port is closed: ${startLine(USUAL_PORT)}` };
  return { source, hint: 'the collector stores on a ClickHouse server: say which by --clickhouse-url' };
}

const startLine = (port: number) => `start it by profiler start --clickhouse-port ${port}`;

const embedded = (port: number): ClickHouseSource => ({
  host: 'localhost',
  port,
  secure: false,
  username: 'default',
  database: DATABASE,
});

/** A password in it is left out: it comes from Grafana's environment. */
function ofUrl(address: string): ClickHouseSource {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError('--clickhouse-url must look like http://user@host:8123/database', EXIT.usage);
  }
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname === '127.0.0.1' ? 'localhost' : url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    username: decodeURIComponent(url.username) || 'default',
    database: decodeURIComponent(url.pathname).replace(/^\/|\/$/g, '') || DATABASE,
  };
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535) return Number(text);
  throw new CliError(`--clickhouse-port cannot be "${text}"; allowed: a whole number from 1 to 65535`, EXIT.usage);
}
