import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, DATASOURCE_TYPE } from './clickhouse-query.ts';

/** Where the collector is unless somebody says otherwise; `profiler dashboards --url` writes another. */
export const PROFILER_URL = 'http://localhost:4318';

/** An environment or a version may be unknown; Grafana cannot offer an empty text, so it gets a name. */
const COLUMNS = {
  service: 'service',
  environment: "if(environment = '', '(none)', environment)",
  version: "if(version = '', '(none)', version)",
  endpoint: "concat(method, ' ', route)",
} as const;

export type FilterName = keyof typeof COLUMNS;

/** Condition on the rows of a table, by its column of time: the time range, and what is chosen. */
export type Filter = (timeColumn: string) => string;

/** The rows that the time range and these variables of the dashboard ask for. */
export function filterBy(...names: FilterName[]): Filter {
  return (timeColumn) => [`$__timeFilter(${timeColumn})`, ...names.map(chosen)].join(' AND ');
}

/** Condition of a query: what is chosen, or whatever there is when "All" is. */
export function chosen(name: FilterName): string {
  return `$__conditionalAll(${COLUMNS[name]} IN (\${${name}:singlequote}), $${name})`;
}

const LABELS: Readonly<Record<FilterName, string>> = {
  service: 'Service',
  environment: 'Environment',
  version: 'Version',
  endpoint: 'Endpoint',
};

/** Where to read, what to read, and where Profiler's own dashboard is for the links. */
export const variables = (...names: FilterName[]): Builder<VariableModel>[] => [
  new DatasourceVariableBuilder('datasource').label('Data source').type(DATASOURCE_TYPE),
  ...names.map((name, index) => several(name, names.slice(0, index))),
  profilerUrl(),
];

/** For a dashboard of one endpoint: a service and an endpoint, and of it what the others choose. */
export const variablesOfOne = (): Builder<VariableModel>[] => [
  new DatasourceVariableBuilder('datasource').label('Data source').type(DATASOURCE_TYPE),
  one('service', []),
  one('endpoint', ['service']),
  several('environment', ['service', 'endpoint']),
  several('version', ['service', 'endpoint', 'environment']),
  profilerUrl(),
];

const profilerUrl = () =>
  new TextBoxVariableBuilder('profiler_url')
    .label('Profiler')
    .description('Address of the Profiler collector, for links to its dashboard')
    .defaultValue(PROFILER_URL)
    .current({ text: PROFILER_URL, value: PROFILER_URL });

const several = (name: FilterName, narrowedBy: readonly FilterName[]) =>
  choice(name, narrowedBy)
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });

const one = (name: FilterName, narrowedBy: readonly FilterName[]) =>
  choice(name, narrowedBy).multi(false).includeAll(false);

/** Offers what there is in the time range; of endpoints those that took the most time first. */
function choice(name: FilterName, narrowedBy: readonly FilterName[]): QueryVariableBuilder {
  const heaviestFirst = name === 'endpoint';
  const where = filterBy(...narrowedBy)('minute');
  return new QueryVariableBuilder(name)
    .label(LABELS[name])
    .datasource(DATASOURCE)
    .query(
      `SELECT ${COLUMNS[name]} AS value FROM endpoint_minutely WHERE ${where} GROUP BY value ORDER BY ${
        heaviestFirst ? 'sum(duration_ns_sum) DESC' : 'value'
      } LIMIT 1000`,
    )
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(heaviestFirst ? VariableSort.Disabled : VariableSort.AlphabeticalAsc);
}
