/** The command line: every command with its flags. Commands load what they need when they run, so that `--help` is quick. */
import { Command, CommanderError } from 'commander';
import type { StartFlags } from '../config.ts';
import { VERSION } from '../version.ts';
import { addCiCommand } from './ci/ci-command.ts';
import type { DashboardsFlags } from './dashboards/write-dashboards.ts';
import { CliError, EXIT } from './exit-code.ts';
import { json, type Output } from './output.ts';
import { addReadCommands, reading } from './read-commands.ts';
import type { DemoFlags } from './run-demo.ts';
import { paint } from './table.ts';

const RESULT_STYLES = { pass: 'green', warn: 'yellow', fail: 'red' } as const;

/** @param argv arguments without `node` and the script */
export async function runProgram(argv: readonly string[], output: Output): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command('profiler')
    .description('which endpoint is slow, which query makes it slow, on which line, since which version')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.data(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
    });

  storage(program.command('start'))
    .description('run the collector: OTLP, storage, API and dashboard')
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .option('--port <n>', 'port to listen on; 0 picks a free one (4318)')
    .option('--clickhouse-port <n>', 'let Grafana read the embedded storage at this port, as from ClickHouse')
    .option('--durability <policy>', 'what must be on disk before an answer: fsync (default) or os')
    .option('--auth-token <token>', 'ask everybody for this token')
    .option('--scheduler <on|off>', 'whether this process closes windows and detects (on)')
    .action(async (flags: Record<string, string>) => {
      const { runStart } = await import('./start.ts');
      exitCode = await runStart(kebab(flags), output);
    });

  program
    .command('demo')
    .description('a small shop with real problems, and a collector that finds them')
    .option('--once', 'end when everything is found')
    .option('--json', 'findings as JSON')
    .option('--port <n>', 'port of the collector; 0 picks a free one (4318)')
    .option('--shop <directory>', 'another shop than the one that comes with Profiler')
    .action(async (flags: DemoFlags) => {
      const { runDemo } = await import('./run-demo.ts');
      exitCode = await runDemo(flags);
    });

  storage(program.command('migrate'))
    .description('bring the database to the tables of this version')
    .option('--dry-run', 'print the SQL, change nothing')
    .option('--cluster <name>', 'make the tables on every server of this cluster')
    .action(async ({ dryRun, cluster, ...flags }: { dryRun?: true; cluster?: string } & Record<string, string>) => {
      const { runMigrate } = await import('./migrate.ts');
      exitCode = await runMigrate(kebab(flags), { ...(dryRun && { dryRun }), ...(cluster && { cluster }) }, output);
    });

  reading(program.command('dashboards [directory]').description('write dashboards and provisioning for Grafana'))
    .option('--clickhouse-url <url>', 'the server that stores: http://user@host:8123/database')
    .option('--clickhouse-port <n>', 'the port of the embedded storage (asked of the collector, else 8123)')
    .action(async (directory = 'grafana', flags: DashboardsFlags) => {
      const { writeDashboards } = await import('./dashboards/write-dashboards.ts');
      await writeDashboards(directory, flags, output);
    });

  addReadCommands(program, output);
  addCiCommand(program, output, (code) => {
    exitCode = code;
  });

  reading(program.command('doctor').description('go the way of a span, and say what is wrong on it')).action(
    async (flags: { url: string; authToken?: string; json?: true }) => {
      const { examine } = await import('./doctor.ts');
      const checks = await examine({ ...flags, webhookUrl: process.env.PROFILER_WEBHOOK_URL });
      if (flags.json) json(output, { checks });
      else {
        for (const { name, result, message, fix } of checks) {
          output.data(
            `${paint(RESULT_STYLES[result], result)}  ${name}: ${message}${fix === undefined ? '' : `\n      ${fix}`}`,
          );
        }
      }
      if (checks.some((check) => check.result === 'fail')) exitCode = EXIT.failed;
    },
  );

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CliError) {
      output.note(error.message);
      return error.exitCode;
    }
    // Commander has said what was wrong; asking for help is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return exitCode;
}

function storage(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'directory of the embedded storage (./.profiler)')
    .option('--clickhouse-url <url>', 'a ClickHouse server in place of the embedded storage')
    .option('--retention <days>', 'how long spans are kept, as in 7d (7d)');
}

/** Commander names flags in camel case; settings are known by their names on the command line. */
function kebab(flags: Record<string, string | undefined>): StartFlags {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );
}
