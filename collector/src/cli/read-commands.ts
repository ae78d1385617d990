/** The commands that ask a running collector: one for each list, then `trace`, `status` and `compute`. */
import { type Command, Option } from 'commander';
import type { ComputeResult, EndpointExplanation, List, Status, Trace } from '../api/types.ts';
import { CollectorClient } from './collector-client.ts';
import { LISTS, type ListCommand } from './lists.ts';
import { json, type Output } from './output.ts';
import { computeText } from './show-compute.ts';
import { explanationText } from './show-explanation.ts';
import { statusText } from './show-status.ts';
import { traceText } from './show-trace.ts';
import { table } from './table.ts';

/** Flags of every command that asks a collector. */
interface ReadFlags {
  readonly url: string;
  readonly authToken?: string;
  readonly json?: true;
  readonly [name: string]: string | true | undefined;
}

export function addReadCommands(program: Command, output: Output): void {
  for (const list of LISTS) addList(program, output, list);

  reading(program.command('trace <id>').description('one trace as a tree, and the queries of its requests')).action(
    async (id: string, flags: ReadFlags) => {
      const trace = await client(flags).get<Trace>(`/traces/${encodeURIComponent(id)}`);
      if (flags.json) json(output, trace);
      else output.data(traceText(trace));
    },
  );
  reading(program.command('status').description('what was received, stored, rejected and dropped')).action(
    async (flags: ReadFlags) => {
      const status = await client(flags).get<Status>('/status');
      if (flags.json) json(output, status);
      else output.data(statusText(status));
    },
  );
  reading(
    program.command('compute').description('close the last whole window now, and look for regressions in it'),
  ).action(async (flags: ReadFlags) => {
    const result = await client(flags).post<ComputeResult>('/compute');
    if (flags.json) json(output, result);
    else output.data(computeText(result));
  });
}

function addList<Row>(program: Command, output: Output, list: ListCommand<Row>): void {
  const command = reading(program.command(list.name).description(list.description))
    .option('--since <when>', '30m, 24h or 7d ago, or ISO 8601; 24h unless given')
    .option('--until <when>', 'likewise; now unless given')
    .option('--service <name>')
    .option('--endpoint <endpoint>', 'as in "GET /orders/:id", or the route alone')
    .option('--environment <name>')
    .option('--version-of-app <version>', 'service.version')
    .option('--limit <n>', 'rows; 50 unless given')
    .option('--cursor <cursor>', 'nextCursor of the answer before');
  for (const [flag, description] of list.flags) command.option(flag, description);
  command.action(async (flags: ReadFlags) => {
    if (typeof flags.explain === 'string') return explain(flags.explain, flags, output);
    const { url: _url, authToken: _token, json: asJson, versionOfApp, ...query } = flags;
    const collector = client(flags);
    const answer = await collector.get<List<Row>>(`/${list.name}`, {
      ...(query as Record<string, string | undefined>),
      version: versionOfApp as string | undefined,
    });
    if (asJson) return json(output, answer);
    if (answer.items.length === 0) return output.note(list.empty);
    const { settings } = await collector.get<Status>('/status');
    output.data(table(list.columns(settings), answer.items, process.stdout.columns));
    if (answer.nextCursor !== null) output.note(`there is more: --cursor ${answer.nextCursor}`);
  });
}

async function explain(endpoint: string, flags: ReadFlags, output: Output): Promise<void> {
  const answer = await client(flags).get<List<EndpointExplanation>>('/regressions/explain', {
    endpoint,
    service: flags.service as string | undefined,
    environment: flags.environment as string | undefined,
  });
  if (flags.json) json(output, answer);
  else if (answer.items.length === 0) output.note(`no closed window has requests of ${endpoint}`);
  else output.data(explanationText(answer.items));
}

/** Adds the flags of every command that asks a collector. */
export function reading(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the collector').env('PROFILER_URL').default('http://localhost:4318'))
    .addOption(new Option('--auth-token <token>', 'the token that it asks for').env('PROFILER_AUTH_TOKEN'))
    .option('--json', 'one JSON document on stdout');
}

function client(flags: ReadFlags): CollectorClient {
  return new CollectorClient(flags);
}
