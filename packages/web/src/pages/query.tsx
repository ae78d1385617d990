// One query: what it costs, since when, which endpoints make it, and on which line.

import type { QueryCallSite, QueryDetail, QueryExample, QueryUse } from '@profiler/collector/api-types';
import { useRoute } from 'preact-iso';
import { endpointPath } from '../data/address.ts';
import { useOne } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { withGaps } from '../data/series-gaps.ts';
import { count, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { splitEndpoint } from '../format/endpoint.ts';
import { rangeMomentMs } from '../format/time-range.ts';
import { Answer } from '../parts/answer.tsx';
import { Chart } from '../parts/chart.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { Fact } from '../parts/fact.tsx';
import { Moment } from '../parts/moment.tsx';
import { QueryText } from '../parts/query-text.tsx';
import { scrolled } from '../parts/scrolled.ts';

export function QueryPage() {
  const { params } = useRoute();
  const page = usePage('Query');
  const service = params.service === '-' ? undefined : params.service;
  const detail = useOne('/api/v1/queries/:fingerprint', params.fingerprint ?? '', { ...page.narrowed, service });
  return (
    <Answer from={detail} isEmpty={() => false} empty={null}>
      {(data) => <QueryView query={data} page={page} />}
    </Answer>
  );
}

function QueryView(props: { query: QueryDetail; page: PageAddress }) {
  const { query, page } = props;
  const endpointLink = (endpoint: string) =>
    page.to(endpointPath({ service: query.service, ...splitEndpoint(endpoint) }));
  return (
    <>
      <div class="page-head">
        <h1 class="long" {...scrolled(query.summary)}>
          {query.summary}
        </h1>
        <span class="quiet">{query.service}</span>
      </div>
      <dl class="facts">
        <Fact name="Together">{duration(query.totalMs)}</Fact>
        <Fact name="Calls">{count(query.calls)}</Fact>
        <Fact name="Per request">{perRequest(query.callsPerRequest)}</Fact>
        <Fact name="Average">{duration(query.avgMs)}</Fact>
        <Fact name="p95">{duration(query.p95Ms)}</Fact>
        <Fact name="Longest">{duration(query.maxMs)}</Fact>
        <Fact name="Fingerprint">
          <code>{query.fingerprint}</code>
        </Fact>
      </dl>
      <QueryText text={query.text} system={query.system} copy />
      <h2>Time of a call</h2>
      <Trend query={query} range={page.narrowed} />
      <h2>Endpoints that make it</h2>
      <DataTable
        caption="Endpoints that make this query, the costliest first"
        columns={usesColumns(endpointLink)}
        rows={query.uses}
        rowKey={(row) => row.endpoint}
      />
      <h2>Lines that make it</h2>
      {query.callSites.length > 0 ? (
        <DataTable
          caption="Lines that make this query, in the latest minutes that had it"
          columns={siteColumns(endpointLink)}
          rows={query.callSites}
          rowKey={(row) => `${row.callSite} ${row.endpoint}`}
        />
      ) : (
        <p class="quiet">
          Not known: apps started with <code>@profiler/register</code> send the line of a query that repeats or is slow.
        </p>
      )}
      {query.examples.length > 0 && (
        <>
          <h2>Requests that made it</h2>
          <DataTable
            caption="Requests of the latest minutes that spent most on this query"
            columns={exampleColumns(page)}
            rows={query.examples}
            rowKey={(row) => row.traceId}
          />
        </>
      )}
    </>
  );
}

function Trend(props: { query: QueryDetail; range: PageAddress['narrowed'] }) {
  const { series, stepMinutes, summary } = props.query;
  const { since, until } = props.range;
  const nowMs = Date.now();
  const { timesSeconds, figures } = withGaps(series, stepMinutes, [({ p95Ms }) => p95Ms, ({ avgMs }) => avgMs]);
  return (
    <Chart
      label={`Time of a call of ${summary}, average and p95, every ${stepMinutes} min. The figures above are of the whole time.`}
      timesSeconds={timesSeconds}
      lines={[
        { title: 'average', colour: '--ink-quiet', values: figures[1]! },
        { title: 'p95', colour: '--accent', values: figures[0]! },
      ]}
      format={duration}
      fromSeconds={rangeMomentMs(since, nowMs) / 1000}
      toSeconds={(until ? rangeMomentMs(until, nowMs) : nowMs) / 1000}
    />
  );
}

type LinkOf = (endpoint: string) => string;

function usesColumns(linkOf: LinkOf): Column<QueryUse>[] {
  return [
    {
      title: 'Endpoint',
      name: true,
      cell: (row) => <EndpointName {...splitEndpoint(row.endpoint)} href={linkOf(row.endpoint)} />,
    },
    { title: 'Together', numeric: true, cell: (row) => duration(row.totalMs) },
    { title: 'Requests', hint: 'Requests that made it', numeric: true, cell: (row) => count(row.requests) },
    { title: 'Calls', numeric: true, cell: (row) => count(row.calls) },
    { title: 'Per request', numeric: true, cell: (row) => perRequest(row.callsPerRequest) },
  ];
}

function siteColumns(linkOf: LinkOf): Column<QueryCallSite>[] {
  return [
    { title: 'Line', name: true, cell: (row) => <code class="call-site">{row.callSite}</code> },
    {
      title: 'Endpoint',
      cell: (row) => <EndpointName {...splitEndpoint(row.endpoint)} href={linkOf(row.endpoint)} />,
    },
    { title: 'Calls', numeric: true, cell: (row) => count(row.calls) },
    { title: 'Together', numeric: true, cell: (row) => duration(row.totalMs) },
  ];
}

function exampleColumns(page: PageAddress): Column<QueryExample>[] {
  return [
    {
      title: 'Request',
      name: true,
      cell: (row) => <EndpointName {...splitEndpoint(row.endpoint)} href={page.to(`/traces/${row.traceId}`)} />,
    },
    { title: 'Calls', numeric: true, cell: (row) => count(row.calls) },
    { title: 'Together', numeric: true, cell: (row) => duration(row.totalMs) },
    { title: 'Started', numeric: true, cell: (row) => <Moment iso={row.startedAt} /> },
  ];
}
