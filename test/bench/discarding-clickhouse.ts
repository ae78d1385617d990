/**
 * A ClickHouse that takes spans and forgets them, as a process of its own, so that a collector can be measured without its
 * storage. Everything but the insert of a block is answered by the embedded engine through the collector's own HTTP
 * interface: tables are made, lists are read, and are empty.
 *
 *     node test/bench/run.mjs discarding-clickhouse DIRECTORY
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClickHouseServer } from '../../collector/src/clickhouse-http/clickhouse-server.ts';
import { openEmbeddedEngine } from '../../collector/src/store/embedded-engine.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('Usage: discarding-clickhouse DIRECTORY\n');
  process.exit(2);
}

const engine = openEmbeddedEngine(directory);
const { server: clickhouse, runner } = createClickHouseServer({ engine });
const server = createServer((request, response) => {
  if (!isInsertOfBlocks(request)) return clickhouse.emit('request', request, response);
  request.resume();
  request.on('end', () => response.end());
  return undefined;
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);

process.on('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await runner.drained();
  await engine.close();
  process.exit(0);
});

function isInsertOfBlocks(request: IncomingMessage): boolean {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams.get('query') ?? '';
  return /^\s*INSERT\b.*\bFORMAT\s+Native\s*$/s.test(query);
}
