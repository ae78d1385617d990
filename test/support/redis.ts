import { type ServerProcess, startServerProcess } from './server-process.ts';

/** Redis of Debian's `redis-server`, in memory only. */
export function startRedis(): Promise<ServerProcess> {
  return startServerProcess({
    program: 'redis-server',
    args: (port) => ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
  });
}
