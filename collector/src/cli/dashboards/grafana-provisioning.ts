/** The two files by which Grafana finds Profiler's data and dashboards when it starts, as YAML. */

/** Where ClickHouse's HTTP interface is, as Grafana reaches it. */
export interface ClickHouseSource {
  readonly host: string;
  readonly port: number;
  /** HTTPS. */
  readonly secure: boolean;
  readonly username: string;
  readonly database: string;
}

/** Read from Grafana's own environment when it starts, so that no file holds the password. */
export const PASSWORD_VARIABLE = 'PROFILER_CLICKHOUSE_PASSWORD';

export function datasourceYaml({ host, port, secure, username, database }: ClickHouseSource): string {
  return `apiVersion: 1

datasources:
  - name: Profiler
    uid: profiler
    type: grafana-clickhouse-datasource
    jsonData:
      host: ${text(host)}
      port: ${port}
      protocol: http
      secure: ${secure}
      username: ${text(username)}
      defaultDatabase: ${text(database)}
      # "View trace" and the plugin's own dashboards read the OpenTelemetry schema, which Profiler has as views.
      traces:
        defaultDatabase: ${text(database)}
        defaultTable: otel_traces
        otelEnabled: true
        otelVersion: latest
      logs:
        defaultDatabase: ${text(database)}
        defaultTable: otel_logs
        otelEnabled: true
        otelVersion: latest
    secureJsonData:
      # The collector's --auth-token, or the server's password; of Grafana's own environment.
      password: \${${PASSWORD_VARIABLE}}
`;
}

/** @param directory of the dashboards, as Grafana sees it */
export function dashboardsYaml(directory: string): string {
  return `apiVersion: 1

providers:
  - name: Profiler
    folder: Profiler
    type: file
    # Changes belong into the code that makes these files.
    disableDeletion: true
    allowUiUpdates: false
    updateIntervalSeconds: 60
    options:
      path: ${text(directory)}
`;
}

/** A JSON string is a YAML string; Grafana puts variables of its environment in where a single $ stands. */
function text(value: string): string {
  return JSON.stringify(value.replaceAll('$', '$$$$'));
}
