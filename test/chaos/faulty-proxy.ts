import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';

/**
 * What stands between a collector and its server, by how it fails. It works on connections, not on requests, but for the
 * two that are cut within one: a request is counted as arrived whole when the server begins to answer.
 */
export const FAULTS = [
  'none',
  /** Nobody listens. */
  'refuse',
  /** The connection opens, and nothing comes back. */
  'hang',
  /** `500` in ClickHouse's words, of a kind that waiting cures. */
  'exception',
  /** `500` of something in between, with a page of its own. */
  'bare 500',
  /** The connection ends within the body of a request, which the server has read in part. */
  'cut request',
  /** The server did what it was asked, and its answer is lost. */
  'cut response',
  /** Both ways slow, and then right. */
  'delay',
] as const;
export type Fault = (typeof FAULTS)[number];

const DELAY_MS = 300;
const EXCEPTION =
  'Code: 241. DB::Exception: Memory limit (total) exceeded: would use 2.01 GiB. (MEMORY_LIMIT_EXCEEDED)\n';
const EXCEPTION_ANSWER = `HTTP/1.1 500 Internal Server Error\r\nX-ClickHouse-Exception-Code: 241\r\nContent-Length: ${EXCEPTION.length}\r\nConnection: close\r\n\r\n${EXCEPTION}`;
const PAGE = '<html><body><h1>500 Internal Server Error</h1></body></html>';
const BARE_ANSWER = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\nContent-Length: ${PAGE.length}\r\nConnection: close\r\n\r\n${PAGE}`;

/** A TCP proxy on a port of its own, whose fault can be changed at any time; connections that are open get it too. */
export class FaultyProxy {
  readonly #dice: Dice;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #upstream = { host: '', port: 0 };
  #port = 0;
  #fault: Fault = 'none';

  constructor(dice: Dice) {
    this.#dice = dice;
    this.#server = createServer((client) => this.#serve(client));
  }

  /** @returns its origin */
  async open(upstreamOrigin: string): Promise<string> {
    const { hostname, port } = new URL(upstreamOrigin);
    this.#upstream = { host: hostname, port: Number(port) };
    await this.#listen();
    return `http://127.0.0.1:${this.#port}`;
  }

  get fault(): Fault {
    return this.#fault;
  }

  /** From now on; connections that the last fault left hanging are ended. */
  async set(fault: Fault): Promise<void> {
    const before = this.#fault;
    this.#fault = fault;
    if (before === 'hang' || fault === 'refuse') this.#endConnections();
    if (fault === 'refuse') await this.#unlisten();
    else if (before === 'refuse') await this.#listen();
  }

  async close(): Promise<void> {
    this.#endConnections();
    await this.#unlisten();
  }

  #serve(client: Socket): void {
    this.#watch(client);
    const server = this.#watch(connect(this.#upstream));
    const endBoth = () => {
      client.destroy();
      server.destroy();
    };
    client.on('close', endBoth);
    server.on('close', endBoth);
    const toServer = inOrder(server);
    const toClient = inOrder(client);
    client.on('data', (chunk: Buffer) => this.#onRequest(chunk, client, toServer, endBoth));
    server.on('data', (chunk: Buffer) => this.#onResponse(chunk, toClient, endBoth));
  }

  #onRequest(chunk: Buffer, client: Socket, toServer: Write, endBoth: () => void): void {
    switch (this.#fault) {
      case 'hang':
        return;
      case 'exception':
        client.end(EXCEPTION_ANSWER);
        return;
      case 'bare 500':
        client.end(BARE_ANSWER);
        return;
      case 'cut request':
        // A body of some length comes in several chunks, and this is one of them.
        toServer(chunk.subarray(0, Math.floor(chunk.length * this.#dice.fraction())), 0, endBoth);
        return;
      case 'delay':
        toServer(chunk, DELAY_MS);
        return;
      default:
        toServer(chunk, 0);
    }
  }

  #onResponse(chunk: Buffer, toClient: Write, endBoth: () => void): void {
    switch (this.#fault) {
      case 'hang':
        return;
      case 'cut response': {
        // Nothing of it, or less than half.
        const bytes = this.#dice.chance(0.5) ? 0 : Math.floor((chunk.length * this.#dice.fraction()) / 2);
        if (bytes === 0) endBoth();
        else toClient(chunk.subarray(0, bytes), 0, endBoth);
        return;
      }
      case 'delay':
        toClient(chunk, DELAY_MS);
        return;
      default:
        toClient(chunk, 0);
    }
  }

  #watch(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }

  #endConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #unlisten(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

type Write = (chunk: Buffer, delayMs: number, written?: () => void) => void;

/** Chunks never overtake each other, however long each is held back. */
function inOrder(socket: Socket): Write {
  let last: Promise<unknown> = Promise.resolve();
  return (chunk, delayMs, written) => {
    const held = delayMs === 0 ? undefined : sleep(delayMs);
    last = Promise.all([last, held]).then(() => socket.write(chunk, written));
  };
}
