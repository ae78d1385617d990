import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { type EmbeddedEngine, openEmbeddedEngine } from '../store/embedded-engine.ts';
import { createClickHouseServer } from './clickhouse-server.ts';
import { READ_LIMITS } from './read-limits.ts';

/** ClickHouse's HTTP interface over an embedded engine, as a process of its own: `main.js --data-dir D --port 0`. */
const USAGE = 'Usage: main.js --data-dir DIRECTORY [--host 127.0.0.1] [--port 8123] [--read-only]';

function readFlags() {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8123' },
      'read-only': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (values['data-dir'] === undefined) throw new Error('--data-dir is missing');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`not a port: ${values.port}`);
  return { dataDir: values['data-dir'], host: values.host, port, readOnly: values['read-only'] };
}

function fail(cause: unknown, exitCode: number, hint = ''): never {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n${hint}`);
  process.exit(exitCode);
}

let flags: ReturnType<typeof readFlags>;
try {
  flags = readFlags();
} catch (cause) {
  fail(cause, 2, `${USAGE}\n`);
}

let engine: EmbeddedEngine;
try {
  engine = openEmbeddedEngine(flags.dataDir);
} catch (cause) {
  fail(cause, 1);
}
const { server, runner } = createClickHouseServer({
  engine,
  readOnly: flags.readOnly ? READ_LIMITS : undefined,
  access: { hosts: [flags.host] },
});
server.on('error', (cause) => fail(cause, 1));
server.listen(flags.port, flags.host);
await once(server, 'listening');
process.stdout.write(`listening on http://${flags.host}:${(server.address() as AddressInfo).port}\n`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    server.close();
    server.closeAllConnections();
    await runner.drained();
    await engine.close();
    process.exit(0);
  });
}
