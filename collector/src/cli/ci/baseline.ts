/** What a run is compared with: a file that `--save` wrote, or another collector. */
import { readFile } from 'node:fs/promises';
import { CollectorClient } from '../collector-client.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { type Filter, readQueries, readSnapshot } from './read-snapshot.ts';
import { type EndpointSnapshot, parseSnapshot, type QueryCalls, type Snapshot } from './snapshot.ts';

export interface Baseline {
  /** As a person knows it. */
  readonly name: string;
  readonly snapshot: Snapshot;
  queriesOf(endpoint: EndpointSnapshot): Promise<readonly QueryCalls[]>;
}

/** @throws CliError when there is no such file, it is no baseline, or no collector answers */
export async function openBaseline(where: string, authToken: string | undefined, filter: Filter): Promise<Baseline> {
  if (!/^https?:\/\//.test(where)) return fileBaseline(where, filter.service);
  const client = new CollectorClient({ url: where, authToken });
  return {
    name: `${client.url}, since ${filter.since}`,
    snapshot: await readSnapshot(client, filter),
    queriesOf: (endpoint) => readQueries(client, endpoint, filter),
  };
}

async function fileBaseline(file: string, service: string | undefined): Promise<Baseline> {
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new CliError(`--baseline: ${file} cannot be read (${code}); it is a file of --save, or a URL`, EXIT.usage);
  });
  const { endpoints, ...rest } = parseSnapshot(text, file);
  return {
    name: file,
    snapshot: { ...rest, endpoints: endpoints.filter((each) => service === undefined || each.service === service) },
    queriesOf: async ({ queries }) => queries ?? [],
  };
}
