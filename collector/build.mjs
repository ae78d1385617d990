// Compiles the collector to dist/, and puts what it reads at run time beside it: the SQL files, Grafana's dashboards, and
// our own when that is built.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, 'dist');
// Built aside, so that a program which runs from dist/ meanwhile finds its files.
const next = join(here, 'dist.next');

rmSync(next, { recursive: true, force: true });
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = spawnSync(
  process.execPath,
  [join(dirname(typescript), 'bin', 'tsc'), '-p', join(here, 'tsconfig.build.json'), '--outDir', next],
  { stdio: 'inherit' },
);
if (tsc.status !== 0) {
  rmSync(next, { recursive: true, force: true });
  process.exit(tsc.status ?? 1);
}

cpSync(join(root, 'clickhouse'), join(next, 'clickhouse'), {
  recursive: true,
  filter: (path) => !path.endsWith('.md'),
});
cpSync(join(root, 'dashboards', 'grafana'), join(next, 'dashboards'), { recursive: true });
const web = join(root, 'packages', 'web', 'dist');
if (existsSync(web)) cpSync(web, join(next, 'web'), { recursive: true });

rmSync(dist, { recursive: true, force: true });
renameSync(next, dist);
