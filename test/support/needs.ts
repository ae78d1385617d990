import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { hasClickHouseGo } from './clickhouse-go.ts';
import { MONGODB_SERVER } from './mongodb.ts';

const PROBES = {
  chromium: () => existsSync('/usr/bin/chromium'),
  python3: () => spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0,
  mariadb: () => spawnSync('mariadbd', ['--version']).status === 0,
  redis: () => spawnSync('redis-server', ['--version']).status === 0,
  // It says how it is used, which is a failure.
  mongodb: () => spawnSync(MONGODB_SERVER).error === undefined,
  go: hasClickHouseGo,
  'node 24 (npm registry)': () => spawnSync('npx', ['-y', 'node@24', '--version']).status === 0,
} as const;

/**
 * `describe`, for tests that need more than Node: without it they say `skipped: needs X`, and in CI, which has
 * everything, they run and fail.
 */
export function describeNeeding(tool: keyof typeof PROBES, name: string, body: () => void): void {
  const absent = !process.env.CI && !PROBES[tool]();
  describe.skipIf(absent)(absent ? `${name} (skipped: needs ${tool})` : name, body);
}
