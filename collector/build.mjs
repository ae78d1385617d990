// Compiles the collector to dist/, and puts what it reads at run time beside it: the SQL files, and the dashboard when
// that is built.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const root = dirname(here);

rmSync(dist, { recursive: true, force: true });
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = spawnSync(
  process.execPath,
  [join(dirname(typescript), 'bin', 'tsc'), '-p', join(here, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

cpSync(join(root, 'clickhouse'), join(dist, 'clickhouse'), {
  recursive: true,
  filter: (path) => !path.endsWith('.md'),
});
const web = join(root, 'packages', 'web', 'dist');
if (existsSync(web)) cpSync(web, join(dist, 'web'), { recursive: true });
