// How an app of each language is made to report: lines for the terminal, and what must be known beside them.

export interface Language {
  /** As it stands in the address. */
  readonly id: string;
  readonly title: string;
  readonly steps: readonly { readonly says: string; readonly lines: string }[];
}

/** @param origin of the collector; @param startLine how a Node.js app is started that reports to it */
export function languages(origin: string, startLine: string): Language[] {
  const environment = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    'export OTEL_SERVICE_NAME=shop',
    'export OTEL_RESOURCE_ATTRIBUTES=service.version=1.0.0,deployment.environment.name=production',
  ].join('\n');
  const where = { says: 'Say where the collector is, and who the app is', lines: environment };
  return [
    {
      id: 'node',
      title: 'Node.js',
      steps: [
        { says: 'Install', lines: 'npm install @profiler/register' },
        { says: 'Start the app with it: name, version, frameworks and databases are found', lines: startLine },
      ],
    },
    {
      id: 'python',
      title: 'Python',
      steps: [
        {
          says: 'Install, with the instrumentations for the packages that are there',
          lines:
            'pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http\nopentelemetry-bootstrap -a install',
        },
        where,
        { says: 'Start the app', lines: 'opentelemetry-instrument python app.py' },
      ],
    },
    {
      id: 'java',
      title: 'Java',
      steps: [
        {
          says: 'Download the agent',
          lines:
            'curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar',
        },
        where,
        { says: 'Start the app', lines: 'java -javaagent:opentelemetry-javaagent.jar -jar app.jar' },
      ],
    },
    {
      id: 'go',
      title: 'Go',
      steps: [
        {
          says: 'Add the SDK, and wrap the HTTP handler (otelhttp) and the database (otelsql) in the code',
          lines: [
            'go get go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp',
            'go get go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp github.com/XSAM/otelsql',
          ].join('\n'),
        },
        where,
        { says: 'Start the app', lines: 'go run .' },
      ],
    },
    {
      id: 'dotnet',
      title: '.NET',
      steps: [
        {
          says: 'Install the automatic instrumentation',
          lines:
            'curl -LO https://github.com/open-telemetry/opentelemetry-dotnet-instrumentation/releases/latest/download/otel-dotnet-auto-install.sh\nsh otel-dotnet-auto-install.sh',
        },
        where,
        { says: 'Start the app', lines: '. $HOME/.otel-dotnet-auto/instrument.sh\ndotnet run' },
      ],
    },
    {
      id: 'ruby',
      title: 'Ruby',
      steps: [
        {
          says: 'Install',
          lines: 'bundle add opentelemetry-sdk opentelemetry-exporter-otlp opentelemetry-instrumentation-all',
        },
        {
          says: 'Switch it on, in config/initializers/opentelemetry.rb with Rails',
          lines:
            "require 'opentelemetry/sdk'\nrequire 'opentelemetry/instrumentation/all'\nOpenTelemetry::SDK.configure(&:use_all)",
        },
        where,
        { says: 'Start the app', lines: 'bundle exec rails server' },
      ],
    },
    {
      id: 'php',
      title: 'PHP',
      steps: [
        {
          says: 'Install the extension, the SDK and the instrumentation of the framework (here Laravel) and of PDO',
          lines:
            'pecl install opentelemetry\ncomposer require open-telemetry/sdk open-telemetry/exporter-otlp open-telemetry/opentelemetry-auto-laravel open-telemetry/opentelemetry-auto-pdo',
        },
        { ...where, lines: `export OTEL_PHP_AUTOLOAD_ENABLED=true\n${environment}` },
        { says: 'Start the app', lines: 'php -d extension=opentelemetry artisan serve' },
      ],
    },
    {
      id: 'other',
      title: 'Any other',
      steps: [{ ...where, says: 'Any OpenTelemetry SDK or collector needs the address only' }],
    },
  ];
}
