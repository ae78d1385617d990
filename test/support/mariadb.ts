import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const run = promisify(execFile);

/** Root may run it only when told so. */
const AS_USER = process.getuid?.() === 0 ? ['--user=root'] : [];

/** MariaDB of Debian's `mariadb-server`; whoever connects as `root` without a password may do everything. */
export function startMariadb(): Promise<ServerProcess> {
  return startServerProcess({
    program: 'mariadbd',
    prepare: (directory) =>
      run('mariadb-install-db', [
        '--no-defaults',
        ...AS_USER,
        `--datadir=${directory}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
      ]),
    args: (port, directory) => [
      '--no-defaults',
      ...AS_USER,
      `--datadir=${directory}`,
      `--socket=${directory}/socket`,
      `--pid-file=${directory}/pid`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=16M',
    ],
  });
}
