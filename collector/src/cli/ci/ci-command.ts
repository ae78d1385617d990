/** The flags of `profiler ci`. */
import { type Command, Option } from 'commander';
import type { Output } from '../output.ts';
import { reading } from '../read-commands.ts';
import type { CiFlags } from './run-ci.ts';

/** @param done is given the exit code */
export function addCiCommand(program: Command, output: Output, done: (exitCode: number) => void): void {
  reading(program.command('ci'))
    .description('compare a test run with a baseline; fails when an endpoint makes more queries, or has a new N+1')
    .option('--baseline <file|url>', 'what to compare with: a file of --save, or a collector')
    .option('--baseline-since <when>', 'what of that collector: 7d ago, or ISO 8601', '7d')
    .option('--baseline-environment <name>', 'likewise')
    .addOption(
      new Option('--baseline-auth-token <token>', 'the token that it asks for').env('PROFILER_BASELINE_AUTH_TOKEN'),
    )
    .option('--save <file>', 'write this run, as a baseline for others')
    .option('--since <when>', 'when the test run began: 30m, 24h or 7d ago, or ISO 8601', '24h')
    .option('--service <name>', 'only this service')
    .option('--environment <name>', 'only this environment of the test run')
    .option('--version-of-app <version>', 'only this service.version of the test run')
    .option('--allow-queries <n>', 'so many more queries a request are not growth', '0.5')
    .option('--allow-percent <n>', 'nor is this much of the baseline', '10')
    .option('--min-requests <n>', 'with fewer, queries a request are not compared; N+1s are', '1')
    .option('--wait <seconds>', 'how long to wait, at most, until all of the run is there', '60')
    .action(async (flags: CiFlags) => {
      const { runCi } = await import('./run-ci.ts');
      done(await runCi(flags, output, process.env.GITHUB_STEP_SUMMARY));
    });
}
