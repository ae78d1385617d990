import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is added to the name of a service whose spans were made plain. */
export const PLAIN = ' (plain)';

/** The part of OTLP/JSON that is rewritten. */
interface Body {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: { traceId: string; attributes?: Attribute[] }[] }[];
  }[];
}
interface Attribute {
  key: string;
  value: { stringValue?: string };
}

export interface BothPaths {
  /** `http://127.0.0.1:PORT`, for an app that sends JSON. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Stands between an app and a collector, and sends everything twice: as it came, and as an SDK without our span processor
 * would have sent it, without any `profiler.*` attribute, as other traces of a service of its own. So one run of an app
 * shows what is found on either path.
 */
export async function startBothPaths(collectorUrl: string): Promise<BothPaths> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const sent = Buffer.concat(chunks).toString();
      const answers = await Promise.all([sent, plain(sent)].map((body) => send(collectorUrl, body)));
      const refused = answers.find(({ ok }) => !ok);
      response.statusCode = refused?.status ?? 200;
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(collectorUrl: string, body: string): Promise<Response> {
  return fetch(`${collectorUrl}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

function plain(sent: string): string {
  const body = JSON.parse(sent) as Body;
  for (const { resource, scopeSpans } of body.resourceSpans) {
    for (const { key, value } of resource.attributes) {
      if (key === 'service.name') value.stringValue += PLAIN;
    }
    for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
      span.traceId = [...span.traceId].reverse().join('');
      span.attributes = span.attributes?.filter(({ key }) => !key.startsWith('profiler.')) ?? [];
    }
  }
  return JSON.stringify(body);
}
