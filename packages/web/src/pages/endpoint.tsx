// One endpoint: how fast, since when, what is wrong, which queries, which requests.

import type { EndpointSeries, EndpointSeriesPoint, Finding, FindingState, Query } from '@profiler/collector/api-types';
import { useRoute } from 'preact-iso';
import { setFindingState, useApi } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { withGaps } from '../data/series-gaps.ts';
import { useSlowFromMs } from '../data/settings.ts';
import { count, percent, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { rangeMomentMs } from '../format/time-range.ts';
import { Answer } from '../parts/answer.tsx';
import { Chart } from '../parts/chart.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { FindingCard } from '../parts/finding-card.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { ResponseTime } from '../parts/pace-mark.tsx';
import { RequestTable } from '../parts/request-table.tsx';

export function EndpointPage() {
  const { params } = useRoute();
  const part = (name: string) => (params[name] === '-' ? '' : (params[name] ?? ''));
  const [service, method, route] = [part('service'), part('method'), part('route')];
  const endpoint = `${method} ${route}`.trim();
  const page = usePage(endpoint);
  const own = { ...page.narrowed, service, endpoint };
  const slowFromMs = useSlowFromMs();
  const series = useApi('/api/v1/endpoints/series', { ...own, by: 'time' });
  const versions = useApi('/api/v1/endpoints/series', { ...own, by: 'version' });
  const findings = useApi('/api/v1/findings', { ...own, state: 'open,acknowledged', limit: '20' });
  const queries = useApi('/api/v1/queries', { ...own, limit: '20' });
  const requests = useApi('/api/v1/requests', { ...own, sort: 'slowest', limit: '10' });

  const decide = async (finding: Finding, state: FindingState) => {
    await setFindingState(finding.key, state).catch(() => {});
    findings.refresh();
  };
  return (
    <>
      <div class="page-head">
        <h1>
          <EndpointName method={method} route={route} />
        </h1>
        <span class="quiet">{service}</span>
      </div>
      <Answer
        from={series}
        isEmpty={(data) => data.items.every(({ requests }) => requests === 0)}
        empty={<Nothing none="No request to this endpoint in this time range" />}
      >
        {(data) => <ResponseTimes endpoint={endpoint} series={data} range={page.narrowed} />}
      </Answer>
      {findings.data?.items.map((finding) => (
        <FindingCard key={finding.key} finding={finding} onState={(state) => decide(finding, state)} />
      ))}
      {versions.data && versions.data.items.length > 0 && (
        <>
          <h2>Versions</h2>
          <DataTable
            caption={`${endpoint} by version`}
            columns={versionColumns(slowFromMs)}
            rows={versions.data.items}
            rowKey={(row) => row.version ?? ''}
          />
        </>
      )}
      {queries.data && queries.data.items.length > 0 && (
        <>
          <h2>Queries</h2>
          <DataTable
            caption={`Queries of ${endpoint}, the costliest first`}
            columns={QUERY_COLUMNS}
            rows={queries.data.items}
            rowKey={(row) => `${row.service} ${row.fingerprint} ${row.system}`}
          />
        </>
      )}
      {requests.data && requests.data.items.length > 0 && (
        <>
          <h2>Slowest requests</h2>
          <RequestTable caption={`Slowest requests of ${endpoint}`} rows={requests.data.items} />
          <p class="after">
            <a class="button" href={page.to('/requests', { service, endpoint })}>
              All its requests
            </a>
          </p>
        </>
      )}
    </>
  );
}

function ResponseTimes(props: { endpoint: string; series: EndpointSeries; range: PageAddress['narrowed'] }) {
  const nowMs = Date.now();
  const { since, until } = props.range;
  const { items, stepMinutes } = props.series;
  const { timesSeconds, figures } = withGaps(items, stepMinutes, [({ p95Ms }) => p95Ms, ({ p50Ms }) => p50Ms]);
  return (
    <Chart
      label={`Response time of ${props.endpoint}, p50 and p95, every ${stepMinutes} min. The tables below have the figures.`}
      timesSeconds={timesSeconds}
      lines={[
        { title: 'p50', colour: '--ink-quiet', values: figures[1]! },
        { title: 'p95', colour: '--accent', values: figures[0]! },
      ]}
      format={duration}
      fromSeconds={rangeMomentMs(since, nowMs) / 1000}
      toSeconds={(until ? rangeMomentMs(until, nowMs) : nowMs) / 1000}
    />
  );
}

function versionColumns(slowFromMs: number): Column<EndpointSeriesPoint>[] {
  const time = (ms: number) => <ResponseTime ms={ms} slowFromMs={slowFromMs} />;
  return [
    { title: 'Version', name: true, cell: (row) => row.version || <span class="quiet">not sent</span> },
    { title: 'Requests', numeric: true, cell: (row) => count(row.requests) },
    { title: 'Average', numeric: true, cell: (row) => time(row.avgMs) },
    { title: 'p50', numeric: true, cell: (row) => time(row.p50Ms) },
    { title: 'p95', numeric: true, cell: (row) => time(row.p95Ms) },
    { title: 'p99', numeric: true, cell: (row) => time(row.p99Ms) },
    { title: 'Errors', numeric: true, cell: (row) => percent(row.errorRate) },
    { title: 'Queries', numeric: true, cell: (row) => perRequest(row.queriesPerRequest) },
  ];
}

const QUERY_COLUMNS: readonly Column<Query>[] = [
  { title: 'Query', name: true, cell: (row) => <code class="query-line">{row.text}</code> },
  { title: 'System', cell: (row) => row.system },
  { title: 'Calls', numeric: true, cell: (row) => count(row.calls) },
  { title: 'Per request', numeric: true, cell: (row) => perRequest(row.callsPerRequest) },
  { title: 'Together', numeric: true, cell: (row) => duration(row.totalMs) },
  { title: 'p95', numeric: true, cell: (row) => duration(row.p95Ms) },
];
