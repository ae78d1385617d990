/** A link from a cell, as Grafana's `links` property of a field takes it. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

// Links lead to the page of Profiler's own dashboard that shows the row, or to another of these dashboards. A field is
// named by its column; the time range goes along as ISO 8601.
const variable = (name: string) => `\${${name}}`;
const field = (column: string) => variable(`__data.fields.${column}:percentencode`);
const RANGE = `since=${variable('__from:date:iso')}&until=${variable('__to:date:iso')}`;

/** SQL of the column that {@link pageLink} needs: the path of an endpoint's page, whose segments may not be empty. */
export const ENDPOINT_PAGE = `concat('/endpoints/', encodeURLComponent(service), '/', encodeURLComponent(if(method = '', '-', method)), '/', encodeURLComponent(if(route = '', '-', route)))`;

/** The page of the row's endpoint; needs the column `page`, as {@link ENDPOINT_PAGE} makes it. */
export const pageLink = (): DataLink => link('Endpoint in Profiler', `${variable('__data.fields.page:raw')}?${RANGE}`);

/** The requests of the row's endpoint; needs the columns `service` and `endpoint`. */
export const requestsLink = (): DataLink =>
  link('Requests in Profiler', `/requests?service=${field('service')}&endpoint=${field('endpoint')}&${RANGE}`);

/** SQL of an id as the paths of pages have it: 16 hexadecimal digits of an unsigned number of 64 bits. */
export const pageId = (column: string): string => `leftPad(lower(hex(${column})), 16, '0')`;

/** The row's query; needs the columns `service` and `query_id`, the latter by {@link pageId} of its fingerprint. */
export const queryLink = (): DataLink =>
  link('Query in Profiler', `/queries/${field('service')}/${field('query_id')}?${RANGE}`);

/** The queries of the row's endpoint; needs the columns `service` and `endpoint`. */
export const queriesLink = (): DataLink =>
  link('Queries in Profiler', `/queries?service=${field('service')}&endpoint=${field('endpoint')}&${RANGE}`);

/** The row's exception; needs the column `exception_id`, by {@link pageId} of its key. */
export const exceptionLink = (): DataLink =>
  link('Exception in Profiler', `/exceptions/${field('exception_id')}?${RANGE}`);

/** The exceptions of the row's service and type; needs the columns `service` and `type`. */
export const exceptionsLink = (): DataLink =>
  link('Exceptions in Profiler', `/exceptions?service=${field('service')}&type=${field('type')}&${RANGE}`);

/** What is right and wrong with what the row's service sends; needs the column `service`. */
export const setupLink = (): DataLink => link('Setup in Profiler', `/setup?service=${field('service')}`);

/** The findings of the row's endpoint; needs the columns `service` and `endpoint`. */
export const findingsLink = (): DataLink =>
  link('Findings in Profiler', `/findings?service=${field('service')}&endpoint=${field('endpoint')}&${RANGE}`);

/** The regressions of the row's endpoint; needs the columns `service` and `endpoint`. */
export const regressionsLink = (): DataLink =>
  link('Regressions in Profiler', `/regressions?service=${field('service')}&endpoint=${field('endpoint')}&${RANGE}`);

/** The row's trace; needs the column `trace_id`. */
export const traceLink = (): DataLink => link('Trace in Profiler', `/traces/${field('trace_id')}`);

/** The dashboard of the row's endpoint, here in Grafana; needs the columns `service` and `endpoint`. */
export const endpointDashboardLink = (): DataLink => ({
  title: 'Endpoint',
  url: `/d/profiler-endpoint?var-service=${field('service')}&var-endpoint=${field('endpoint')}&${[
    'datasource:queryparam',
    'profiler_url:queryparam',
    '__url_time_range',
  ]
    .map(variable)
    .join('&')}`,
  targetBlank: false,
});

function link(title: string, path: string): DataLink {
  return { title, url: `${variable('profiler_url:raw')}${path}`, targetBlank: true };
}
