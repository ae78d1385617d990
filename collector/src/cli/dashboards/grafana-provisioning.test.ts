import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ClickHouseSource, dashboardsYaml, datasourceYaml } from './grafana-provisioning.ts';

const committed = (name: string) =>
  readFileSync(new URL(`../../../../dashboards/provisioning/${name}`, import.meta.url), 'utf8');

const EMBEDDED: ClickHouseSource = {
  host: 'localhost',
  port: 8123,
  secure: false,
  username: 'default',
  database: 'profiler',
};

it('the committed files are what `profiler dashboards` writes for the usual addresses', () => {
  expect(committed('datasources/profiler.yaml')).toBe(datasourceYaml(EMBEDDED));
  expect(committed('dashboards/profiler.yaml')).toBe(dashboardsYaml('/var/lib/grafana/dashboards/profiler'));
  const server = { ...EMBEDDED, host: 'clickhouse.example.com', port: 8443, secure: true, username: 'grafana' };
  expect(committed('server/datasources/profiler.yaml')).toBe(datasourceYaml(server));
});

it('the data source is the ClickHouse plugin over HTTP, its password in no file, with the OpenTelemetry views', () => {
  expect(parse(datasourceYaml(EMBEDDED))).toEqual({
    apiVersion: 1,
    datasources: [
      {
        name: 'Profiler',
        uid: 'profiler',
        type: 'grafana-clickhouse-datasource',
        jsonData: {
          host: 'localhost',
          port: 8123,
          protocol: 'http',
          secure: false,
          username: 'default',
          defaultDatabase: 'profiler',
          traces: {
            defaultDatabase: 'profiler',
            defaultTable: 'otel_traces',
            otelEnabled: true,
            otelVersion: 'latest',
          },
          logs: { defaultDatabase: 'profiler', defaultTable: 'otel_logs', otelEnabled: true, otelVersion: 'latest' },
        },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana reads it from its environment
        secureJsonData: { password: '${PROFILER_CLICKHOUSE_PASSWORD}' },
      },
    ],
  });
});

it('no name, whatever it contains, becomes YAML or a variable', () => {
  const odd = `a: "b" # 'c'\n- $HOME`;
  const { datasources } = parse(datasourceYaml({ ...EMBEDDED, username: odd }));
  expect(datasources[0].jsonData.username).toBe(odd.replace('$', '$$$$'));
  expect(parse(dashboardsYaml('C:\\x # y')).providers[0].options.path).toBe('C:\\x # y');
});
