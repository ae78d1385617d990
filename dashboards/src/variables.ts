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

const PROFILER_URL = 'http://localhost:4318';

/** An environment or a version may be unknown; Grafana cannot offer an empty text, so it gets a name. */
const NAMED = { service: 'service', environment: "if(environment = '', '(none)', environment)" } as const;

/** Where to read, what to read, and where Profiler's own dashboard is for the links. */
export const variables = (): Builder<VariableModel>[] => [
  new DatasourceVariableBuilder('datasource').label('Data source').type(DATASOURCE_TYPE),
  choice('service', 'Service', `SELECT DISTINCT service FROM endpoint_minutely WHERE $__timeFilter(minute) ORDER BY 1`),
  choice(
    'environment',
    'Environment',
    `SELECT DISTINCT ${NAMED.environment} AS environment FROM endpoint_minutely
WHERE $__timeFilter(minute) AND ${chosen('service')} ORDER BY 1`,
  ),
  new TextBoxVariableBuilder('profiler_url')
    .label('Profiler')
    .description('Address of the Profiler collector, for links to its dashboard')
    .defaultValue(PROFILER_URL)
    .current({ text: PROFILER_URL, value: PROFILER_URL }),
];

/** Condition of a query: the chosen services, or whatever there is when "All" is chosen. */
export function chosen(variable: keyof typeof NAMED): string {
  return `$__conditionalAll(${NAMED[variable]} IN (\${${variable}:singlequote}), $${variable})`;
}

/** The rows that the variables and the time range of the dashboard ask for. */
export const selected = (timeColumn: string): string =>
  `$__timeFilter(${timeColumn}) AND ${chosen('service')} AND ${chosen('environment')}`;

function choice(name: string, label: string, query: string): Builder<VariableModel> {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });
}
