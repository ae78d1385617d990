import { dirname } from 'node:path';
import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { defaultResource, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { ProfilerSpanProcessor } from '@profiler/span-processor';
import { type AppPackage, appPackage } from './app-package.ts';
import { DeliveryReport } from './delivery-report.ts';
import { createExporter } from './exporter.ts';
import { flushAtExit } from './flush-at-exit.ts';
import { createInstrumentations } from './instrumentations.ts';
import { createSampler } from './sampler.ts';
import { say } from './say.ts';
import { readSettings, type Settings } from './settings.ts';

/**
 * Starts the SDK with everything in it.
 *
 * @returns the modules whose imports are to be wrapped; `undefined` when the app runs without being profiled
 */
export function start(): string[] | undefined {
  const { settings, mistakes } = readSettings(process.env);
  if (mistakes.length > 0) {
    say(`not started, the app runs without it: ${mistakes.join('; ')}`);
    return undefined;
  }
  if (settings.exporter === 'none') return undefined;

  const app = appPackage(process.argv[1] === undefined ? process.cwd() : dirname(process.argv[1]));
  const report = new DeliveryReport(settings.endpoint);
  const processor = createProcessor(settings, app, report);
  const instrumentations = createInstrumentations(processor);
  if (!process.env.OTEL_LOG_LEVEL) tellOfSecondSdk();
  createSdk(app, processor, instrumentations).start();
  flushAtExit(processor, () => report.gaveUp());
  return moduleNames(instrumentations);
}

function createProcessor(
  settings: Settings,
  { rootDirectory }: AppPackage,
  report: DeliveryReport,
): ProfilerSpanProcessor {
  const { queueSpansMax, ignoredPaths, nPlusOneThreshold, slowQueryThresholdMs } = settings;
  return new ProfilerSpanProcessor({
    exporter: createExporter(settings),
    createBatchProcessor: (exporter, maxQueueSize) =>
      new BatchSpanProcessor({
        exporter,
        maxQueueSize,
        maxExportBatchSize: Math.min(settings.batchSpansMax, maxQueueSize),
        scheduledDelayMillis: settings.batchDelayMs,
        exportTimeoutMillis: settings.exportTimeoutMs,
      }),
    queueSpansMax,
    ignoredPaths,
    nPlusOneThreshold,
    slowQueryThresholdMs,
    rootDirectory,
    instrumentationFile: __filename,
    onExportFailure: (error) => report.failed(error),
  });
}

/** Propagators, span limits and the context manager are what the SDK makes of `OTEL_*`. */
function createSdk(app: AppPackage, processor: ProfilerSpanProcessor, instrumentations: Instrumentation[]): NodeSDK {
  const ownDetectors = process.env.OTEL_NODE_RESOURCE_DETECTORS ? {} : { resourceDetectors: [envDetector] };
  return new NodeSDK({
    // What is in the environment wins over what is in package.json.
    resource: defaultResource().merge(
      resourceFromAttributes({
        ...(app.name !== undefined && { 'service.name': app.name }),
        ...(app.version !== undefined && { 'service.version': app.version }),
        'process.pid': process.pid,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': process.versions.node,
      }),
    ),
    ...ownDetectors,
    sampler: createSampler(),
    spanProcessors: [processor],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations,
  });
}

/** An SDK that the app starts itself comes too late to register, but its instrumentations would count everything twice. */
function tellOfSecondSdk(): void {
  let told = false;
  const silent = () => {};
  const error = (message: string) => {
    if (told || !message.includes('duplicate registration of API: trace')) return;
    told = true;
    say('the app starts an OpenTelemetry SDK of its own: remove one of the two, or queries are counted twice');
  };
  diag.setLogger(
    { error, warn: silent, info: silent, debug: silent, verbose: silent },
    { suppressOverrideMessage: true },
  );
}

function moduleNames(instrumentations: readonly Instrumentation[]): string[] {
  const names = instrumentations.flatMap((instrumentation) =>
    'getModuleDefinitions' in instrumentation && typeof instrumentation.getModuleDefinitions === 'function'
      ? (instrumentation.getModuleDefinitions() as { name: string }[]).map(({ name }) => name)
      : [],
  );
  return [...new Set(names)];
}
