/** `profiler demo`: the shop of `collector/demo`, until everything is found or somebody has seen enough. */
import { runDemo as runShop } from '../demo/demo.ts';
import { DemoError } from '../demo/demo-error.ts';
import { progressOn } from '../demo/progress.ts';
import { CliError, EXIT } from './exit-code.ts';
import { untilTold } from './until-told.ts';

export interface DemoFlags {
  readonly once?: true;
  readonly json?: true;
  readonly port?: string;
  readonly shop?: string;
}

export async function runDemo({ port, shop, ...flags }: DemoFlags): Promise<number> {
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new CliError(`--port cannot be "${port}"; allowed: a whole number from 0 to 65535`, EXIT.usage);
  }
  const told = new AbortController();
  void untilTold().then(() => told.abort());
  try {
    await runShop({
      ...flags,
      ...(port !== undefined && { port: Number(port) }),
      ...(shop !== undefined && { shopDir: shop }),
      signal: told.signal,
      write: (text) => void process.stdout.write(text),
      progress: progressOn(process.stderr),
    });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof DemoError) throw new CliError(error.message);
    throw error;
  }
}
