import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Test support: a webhook's receiver on 127.0.0.1 that keeps what it got. */
export interface Receiver {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly received: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  close(): Promise<void>;
}

/** `answer` gets the number of the request, from 0, and ends the response, or leaves the sender waiting. */
export async function startReceiver(
  answer: (index: number, response: ServerResponse) => void = (_, response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url ?? '', headers: request.headers, body });
    answer(received.length - 1, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
