import type { Request } from '@profiler/collector/api-types';
import { type PageAddress, usePage } from '../data/page.ts';
import { count } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { Badge, type Tone } from './badge.tsx';
import { type Column, DataTable } from './data-table.tsx';
import { EndpointName } from './endpoint-name.tsx';
import { Moment } from './moment.tsx';
import { ResponseTime } from './pace-mark.tsx';

/** One row a request, linked to its trace. */
export function RequestTable(props: { caption: string; rows: readonly Request[]; stale?: boolean }) {
  const page = usePage();
  return (
    <DataTable
      caption={props.caption}
      columns={columns(page)}
      rows={props.rows}
      rowKey={(row) => `${row.traceId} ${row.spanId}`}
      stale={props.stale ?? false}
    />
  );
}

function columns(page: PageAddress): Column<Request>[] {
  return [
    {
      title: 'Request',
      name: true,
      cell: (row) => (
        <>
          <EndpointName
            method={row.method}
            route={row.path || row.route}
            href={page.to(`/traces/${row.traceId}`, { span: row.spanId })}
            title={row.route}
          />
          <span class="under">
            {row.service}
            {row.version && <span>{row.version}</span>}
            {row.nPlusOne && <Badge tone="warning">N+1</Badge>}
            {row.exceptionType && (
              <span class="exception" title={row.exceptionMessage ?? ''}>
                <strong>{row.exceptionType}</strong> {row.exceptionMessage}
              </span>
            )}
          </span>
        </>
      ),
    },
    { title: 'Status', cell: (row) => <StatusCode code={row.statusCode} error={row.error} /> },
    {
      // Red is what the collector called slow, and what the filter finds, even if the threshold has moved since.
      title: 'Response time',
      numeric: true,
      cell: (row) => <ResponseTime ms={row.durationMs} slowFromMs={row.slow ? 0 : Number.POSITIVE_INFINITY} />,
    },
    { title: 'Queries', numeric: true, cell: (row) => count(row.queryCount) },
    { title: 'Query time', numeric: true, cell: (row) => (row.queryCount > 0 ? duration(row.queryMs) : '–') },
    { title: 'Started', numeric: true, cell: (row) => <Moment iso={row.startedAt} /> },
  ];
}

export function StatusCode(props: { code: number; error: boolean }) {
  const { code, error } = props;
  const tone: Tone = error || code >= 500 ? 'critical' : code >= 400 ? 'warning' : 'plain';
  return <Badge tone={tone}>{code === 0 ? (error ? 'error' : 'ok') : code}</Badge>;
}
