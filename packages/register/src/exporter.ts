import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { ConsoleSpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Settings } from './settings.ts';

/** Endpoint, headers, timeout, compression and certificates are read from `OTEL_EXPORTER_OTLP_*` by the exporter itself. */
export function createExporter({ exporter, protocol }: Settings): SpanExporter {
  if (exporter === 'console') return new ConsoleSpanExporter();
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  return new Exporter(hasCertificates() ? {} : { httpAgentOptions: unreferencedAgent });
}

/** An agent of ours would hide the exporter's own, which has the certificates. */
function hasCertificates(): boolean {
  return Object.keys(process.env).some((name) => /^OTEL_EXPORTER_OTLP_(?:TRACES_)?(?:CERTIFICATE|CLIENT_)/.test(name));
}

/** A request to the collector never keeps the app alive, connecting, waiting or idle. */
async function unreferencedAgent(protocol: string): Promise<Agent> {
  const { Agent: Base }: { Agent: typeof Agent } =
    protocol === 'https:' ? await import('node:https') : await import('node:http');
  class UnreferencedAgent extends Base {
    override createConnection(...args: Parameters<Agent['createConnection']>) {
      const socket = super.createConnection(...args) as Socket | undefined;
      socket?.unref();
      return socket!;
    }

    override reuseSocket(socket: Socket, request: ClientRequest): void {
      super.reuseSocket(socket, request);
      socket.unref();
    }
  }
  return new UnreferencedAgent({ keepAlive: true });
}
