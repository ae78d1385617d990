/** A link from a cell, as Grafana's `links` property of a field takes it. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: true;
}

// Links lead to the page of Profiler's own dashboard that shows the row. A field is named by its column; the time range
// goes along as ISO 8601.
const variable = (name: string) => `\${${name}}`;
const field = (column: string) => variable(`__data.fields.${column}:percentencode`);
const RANGE = `since=${variable('__from:date:iso')}&until=${variable('__to:date:iso')}`;

/** The requests of the row's endpoint; needs the columns `service` and `endpoint`. */
export const requestsLink = (): DataLink =>
  link('Requests', `/requests?service=${field('service')}&endpoint=${field('endpoint')}&${RANGE}`);

/** The findings of the row's endpoint; needs the columns `service` and `endpoint`. */
export const findingsLink = (): DataLink =>
  link('Findings', `/findings?service=${field('service')}&endpoint=${field('endpoint')}`);

/** The row's trace; needs the column `trace_id`. */
export const traceLink = (): DataLink => link('Trace', `/traces/${field('trace_id')}`);

function link(title: string, path: string): DataLink {
  return { title, url: `${variable('profiler_url:raw')}${path}`, targetBlank: true };
}
