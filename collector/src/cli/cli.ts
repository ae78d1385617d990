import { EXIT } from './exit-code.ts';
import { processOutput } from './output.ts';
import { runProgram } from './program.ts';

// `profiler requests | head` ends the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), processOutput);
