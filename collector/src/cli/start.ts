/** `profiler start`: the collector in the foreground, until it is told to stop. */
import type { Config } from '../config.ts';
import { ConfigError, readConfig, type StartFlags } from '../config.ts';
import { createLog } from '../log.ts';
import { type Collector, StartError, startCollector } from '../main.ts';
import { StoreError } from '../store/store.ts';
import { CliError, EXIT } from './exit-code.ts';
import type { Output } from './output.ts';
import { untilTold } from './until-told.ts';

export async function runStart(flags: StartFlags, output: Output): Promise<number> {
  const config = readSettings(flags);
  const log = createLog();
  const told = untilTold();
  const collector = await startCollector(config, log).catch((error: unknown) => {
    if (error instanceof StartError || error instanceof StoreError) throw new CliError(error.message);
    throw error;
  });
  output.data(`listening on ${collector.url}`);
  output.note(hint(collector, config));
  const signal = await told;
  log.info(`${signal}: stopping; once more to stop at once`);
  await collector.close();
  return EXIT.ok;
}

/** Every mistake on a line of its own. */
export function readSettings(flags: StartFlags): Config {
  try {
    return readConfig(flags, process.env);
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(error.mistakes.join('\n'), EXIT.usage);
    throw error;
  }
}

/** What a person needs in the first minute. */
export function hint(
  { url, clickhouseUrl }: Pick<Collector, 'url' | 'clickhouseUrl'>,
  config: Pick<Config, 'clickhouseUrl' | 'dataDir' | 'authToken' | 'retentionDays' | 'port'>,
): string {
  const readable = (address: string) => address.replace('127.0.0.1', 'localhost').replace('0.0.0.0', 'localhost');
  const shown = readable(url);
  const grafana =
    clickhouseUrl === undefined
      ? ''
      : `
  Grafana    ${readable(clickhouseUrl)} (ClickHouse over HTTP, read-only; profiler dashboards writes the rest)`;
  const storage = config.clickhouseUrl === undefined ? config.dataDir : 'ClickHouse';
  const token = config.authToken === undefined ? '' : '/?token=...';
  return `
  dashboard  ${shown}${token}
  OTLP       ${shown}/v1/traces (HTTP, protobuf or JSON)
  storage    ${storage}, spans are kept for ${config.retentionDays} days${grafana}

  In your app's directory:
    npm install @profiler/register
    ${config.port === 4318 ? '' : `OTEL_EXPORTER_OTLP_ENDPOINT=${shown} `}node --import @profiler/register app.js
`;
}
