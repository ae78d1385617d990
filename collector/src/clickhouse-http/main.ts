import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { openEmbeddedEngine } from '../store/embedded-engine.ts';
import { createClickHouseServer } from './clickhouse-server.ts';

/** ClickHouse's HTTP interface over an embedded engine, as a process of its own: `main.js --data-dir D --port 0`. */
const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8123' },
    'read-only': { type: 'boolean', default: false },
  },
});
if (values['data-dir'] === undefined) {
  process.stderr.write('Usage: main.js --data-dir DIRECTORY [--host 127.0.0.1] [--port 8123] [--read-only]\n');
  process.exit(2);
}

const engine = openEmbeddedEngine(values['data-dir']);
const { server, runner } = createClickHouseServer({ engine, readOnly: values['read-only'], hosts: [values.host] });
server.listen(Number(values.port), values.host);
await once(server, 'listening');
process.stdout.write(`listening on http://${values.host}:${(server.address() as AddressInfo).port}\n`);

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
