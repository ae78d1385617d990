import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program that `.ci/run` builds from `test/support/clickhouse-go`. */
const BUILT = 'profiler-test-clickhouse-go';
const SOURCE = fileURLToPath(new URL('./clickhouse-go', import.meta.url));

export interface DriverQuestion {
  /** A statement, or `ping`. */
  readonly sql: string;
  readonly named?: Readonly<Record<string, string>>;
}

export interface DriverAnswer {
  readonly columns?: { readonly name: string; readonly type: string }[];
  /** At most three, values as Go prints them. */
  readonly rows?: string[][];
  readonly count: number;
  /** ClickHouse's, or -1 when the driver itself failed. */
  readonly code?: number;
  readonly error?: string;
}

export const hasClickHouseGo = (): boolean =>
  spawnSync(BUILT).error === undefined || spawnSync('go', ['version']).status === 0;

/** Asks one after the other, over one pool of connections, by clickhouse-go over HTTP. */
export async function askByClickHouseGo(
  host: string,
  database: string,
  questions: readonly DriverQuestion[],
): Promise<DriverAnswer[]> {
  const child = spawn(program(), [host, database], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(questions.map((question) => JSON.stringify(question)).join('\n'));
  const answers: DriverAnswer[] = [];
  for await (const line of createInterface(child.stdout)) answers.push(JSON.parse(line) as DriverAnswer);
  if (child.exitCode === null) await once(child, 'exit');
  return answers;
}

/** Go keeps what it has built, so that only the first build takes its half minute. */
function program(): string {
  if (spawnSync(BUILT).error === undefined) return BUILT;
  const built = join(tmpdir(), BUILT);
  execFileSync('go', ['build', '-C', SOURCE, '-ldflags', '-s -w', '-o', built, '.'], { stdio: 'inherit' });
  return built;
}
