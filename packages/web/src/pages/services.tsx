// Who sends, in which versions and environments, and whether our span processor writes its numbers.

import type { Service, ServiceVersion } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { useSlowFromMs } from '../data/settings.ts';
import { count, counted, percent } from '../format/count.ts';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ListAnswer } from '../parts/list-answer.tsx';
import { Moment } from '../parts/moment.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { ResponseTime } from '../parts/pace-mark.tsx';

const ROWS_MAX = 50;

export function ServicesPage() {
  const page = usePage('Services');
  const slowFromMs = useSlowFromMs();
  const services = useApi('/api/v1/services', { ...page.narrowed, cursor: page.query.cursor, limit: `${ROWS_MAX}` });
  return (
    <>
      <div class="page-head">
        <h1>Services</h1>
      </div>
      <ListAnswer
        from={services}
        limit={ROWS_MAX}
        empty={<Nothing none="No service answered a request in this time range" />}
      >
        {(rows) => (
          <DataTable
            caption="Services, the busiest first"
            columns={columns(page, slowFromMs)}
            rows={rows}
            rowKey={(row) => row.service}
            stale={services.stale}
          />
        )}
      </ListAnswer>
    </>
  );
}

function columns(page: PageAddress, slowFromMs: number): Column<Service>[] {
  return [
    {
      title: 'Service',
      name: true,
      cell: (row) => (
        <>
          <a class="endpoint" href={page.to('/', { service: row.service })}>
            {row.service || '(no name)'}
          </a>
          <span class="under">
            {row.instrumented ? (
              <Badge tone="good" title="Its span processor counts each request's queries, at any sampling rate">
                @profiler/register
              </Badge>
            ) : (
              <Badge tone="plain" title="Queries are counted from the spans that arrive">
                plain OpenTelemetry
              </Badge>
            )}
            {row.environments.map((environment) => (
              <a
                key={environment}
                class="badge badge-plain"
                title="Environment"
                href={page.to('/', { service: row.service, environment })}
              >
                {environment}
              </a>
            ))}
          </span>
        </>
      ),
    },
    { title: 'Requests', numeric: true, cell: (row) => count(row.requests) },
    {
      title: 'Errors',
      numeric: true,
      cell: (row) => <span class={row.errors > 0 ? 'bad' : 'quiet'}>{percent(row.errorRate)}</span>,
    },
    {
      title: 'Average',
      numeric: true,
      cell: (row) => <ResponseTime ms={row.avgMs} slowFromMs={slowFromMs} />,
    },
    { title: 'p95', numeric: true, cell: (row) => <ResponseTime ms={row.p95Ms} slowFromMs={slowFromMs} /> },
    { title: 'Versions, newest first', cell: (row) => <Versions service={row.service} of={row.versions} /> },
    { title: 'Last request', numeric: true, cell: (row) => <Moment iso={row.lastSeen} as="ago" /> },
  ];
}

const SHOWN_MAX = 4;

function Versions(props: { service: string; of: readonly ServiceVersion[] }) {
  const { service, of } = props;
  const page = usePage();
  const line = ({ version, requests, firstSeen }: ServiceVersion) => (
    <li key={version}>
      {version ? (
        <a class="version" href={page.to('/', { service, version })}>
          {version}
        </a>
      ) : (
        <span class="quiet">not sent</span>
      )}{' '}
      <span class="quiet">
        {counted(requests, 'request')}, first <Moment iso={firstSeen} />
      </span>
    </li>
  );
  return (
    <>
      <ul class="versions">{of.slice(0, SHOWN_MAX).map(line)}</ul>
      {of.length > SHOWN_MAX && (
        <details>
          <summary>{counted(of.length - SHOWN_MAX, 'older version')}</summary>
          <ul class="versions">{of.slice(SHOWN_MAX).map(line)}</ul>
        </details>
      )}
    </>
  );
}
