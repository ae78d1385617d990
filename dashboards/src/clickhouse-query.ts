import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** What the ClickHouse data source plugin (`grafana-clickhouse-datasource`) reads from a panel's target. */
export interface ClickHouseQuery {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly editorType: 'sql';
  readonly queryType: 'timeseries' | 'table';
  /** The plugin's own numbers: 0 is a time series, 1 a table. */
  readonly format: 0 | 1;
  readonly rawSql: string;
}

export const DATASOURCE_TYPE = 'grafana-clickhouse-datasource';

/** The data source that the reader picked, never one that happened to exist where the dashboard was made. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a Grafana variable
export const DATASOURCE = { type: DATASOURCE_TYPE, uid: '${datasource}' } as const;

export const timeSeries = (rawSql: string): Builder<Dataquery> => query('timeseries', 0, rawSql);
export const table = (rawSql: string): Builder<Dataquery> => query('table', 1, rawSql);

/** The SDK knows no ClickHouse query; its builders take any object that calls itself a query. */
function query(queryType: ClickHouseQuery['queryType'], format: 0 | 1, rawSql: string): Builder<Dataquery> {
  const target: ClickHouseQuery = {
    refId: 'A',
    datasource: DATASOURCE,
    editorType: 'sql',
    queryType,
    format,
    rawSql: rawSql.trim(),
  };
  return { build: () => target as unknown as Dataquery };
}
