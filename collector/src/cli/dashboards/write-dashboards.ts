/** `profiler dashboards`: a folder that Grafana can start from. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../exit-code.ts';
import { json, type Output } from '../output.ts';
import { clickhouseSource, type SourceFlags } from './clickhouse-source.ts';
import { dashboardsYaml, datasourceYaml, PASSWORD_VARIABLE } from './grafana-provisioning.ts';

export interface DashboardsFlags extends SourceFlags {
  readonly json?: true;
}

/** Links of the committed dashboards lead here. */
const USUAL_URL = 'http://localhost:4318';

export async function writeDashboards(directory: string, flags: DashboardsFlags, output: Output): Promise<void> {
  const root = resolve(directory);
  const { source, hint } = await clickhouseSource(flags);
  const files = {
    'provisioning/datasources/profiler.yaml': datasourceYaml(source),
    'provisioning/dashboards/profiler.yaml': dashboardsYaml(join(root, 'dashboards')),
    ...dashboards(flags.url.replace(/\/+$/, '')),
  };
  for (const [name, text] of Object.entries(files)) await write(join(root, name), text);
  const written = Object.keys(files).map((name) => join(root, name));
  if (flags.json) json(output, { files: written, datasource: source });
  else for (const path of written) output.data(path);
  output.note(`
  data source  ${source.secure ? 'https' : 'http'}://${source.host}:${source.port}, database ${source.database}; its password from ${PASSWORD_VARIABLE} of Grafana's environment
  links        ${flags.url}

  Grafana 11.6 or newer, with the plugin grafana-clickhouse-datasource, finds both by
    GF_PATHS_PROVISIONING=${join(root, 'provisioning')}
${hint === undefined ? '' : `\n  ${hint}\n`}`);
}

/** Each dashboard's file, with links that lead to this collector. */
function dashboards(url: string): Record<string, string> {
  const folder = dashboardDirectory();
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const texts = names.map((name) => readFileSync(new URL(name, folder), 'utf8'));
  return Object.fromEntries(
    names.map((name, index) => [
      `dashboards/${name}`,
      texts[index]!.replaceAll(JSON.stringify(USUAL_URL), () => JSON.stringify(url)),
    ]),
  );
}

/** The package carries its own copy beside the built code; in the repository they are at the top. */
function dashboardDirectory(): URL {
  const packaged = new URL('../../dashboards/', import.meta.url);
  return existsSync(packaged) ? packaged : new URL('../../../../dashboards/grafana/', import.meta.url);
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw new CliError(`cannot write ${path} (${(error as NodeJS.ErrnoException).code}); choose another directory`);
  }
}
