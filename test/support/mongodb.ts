import { type ServerProcess, startServerProcess } from './server-process.ts';

/** The program that `.ci/run` builds from `test/support/mongodb-server`: FerretDB, which speaks MongoDB's protocol. */
export const MONGODB_SERVER = 'profiler-test-mongodb';

export function startMongodb(): Promise<ServerProcess> {
  return startServerProcess({
    program: MONGODB_SERVER,
    args: (port, directory) => [`127.0.0.1:${port}`, directory],
  });
}
