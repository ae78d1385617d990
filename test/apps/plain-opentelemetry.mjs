// What an app has that never heard of us: OpenTelemetry's own SDK, its instrumentations, its exporter. The standard
// variables say the rest; OTEL_EXPORTER_OTLP_PROTOCOL is heeded here because the exporters themselves do not.
import { register } from 'node:module';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const json = process.env.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json';
new NodeSDK({
  traceExporter: json ? new JsonExporter() : new ProtobufExporter(),
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new PgInstrumentation()],
}).start();
