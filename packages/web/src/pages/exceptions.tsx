// Exceptions, grouped by service, type and message without its values.

import type { ExceptionGroup } from '@profiler/collector/api-types';
import { endpointPath } from '../data/address.ts';
import { useApi } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { count } from '../format/count.ts';
import { splitEndpoint } from '../format/endpoint.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { ListAnswer } from '../parts/list-answer.tsx';
import { ListHead } from '../parts/list-head.tsx';
import { Moment } from '../parts/moment.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { SetFilter } from '../parts/set-filter.tsx';

const ROWS_MAX = 50;

export function ExceptionsPage() {
  const page = usePage('Exceptions');
  const { query, narrowed } = page;
  const sort = query.sort === 'count' ? 'count' : 'newest';
  const exceptions = useApi('/api/v1/exceptions', {
    ...narrowed,
    type: query.type,
    endpoint: query.endpoint,
    q: query.q,
    sort,
    cursor: query.cursor,
    limit: `${ROWS_MAX}`,
  });
  return (
    <>
      <ListHead title="Exceptions" finds="Type or message" />
      <div class="filters">
        <SetFilter name="Type" of="type" />
        <SetFilter name="Endpoint" of="endpoint" />
      </div>
      <ListAnswer
        from={exceptions}
        limit={ROWS_MAX}
        empty={
          <Nothing none="No exception here">
            <p>No request recorded one, and no log record of an exception arrived: that is good news.</p>
          </Nothing>
        }
      >
        {(rows) => (
          <DataTable
            caption={sort === 'count' ? 'Exceptions, the most frequent first' : 'Exceptions, last seen first'}
            columns={columns(page, sort)}
            rows={rows}
            rowKey={(row) => row.key}
            stale={exceptions.stale}
          />
        )}
      </ListAnswer>
    </>
  );
}

function columns(page: PageAddress, sort: 'newest' | 'count'): Column<ExceptionGroup>[] {
  return [
    {
      title: 'Exception',
      name: true,
      cell: (row) => (
        <>
          <a class="exception-link" href={page.to(`/exceptions/${row.key}`)}>
            {row.type || 'without a type'}
          </a>
          <span class="under">
            {row.service}
            <span class="exception">{row.message}</span>
          </span>
        </>
      ),
    },
    {
      title: 'Endpoint',
      hint: 'Of the latest',
      cell: (row) =>
        row.endpoint ? (
          <EndpointName
            {...splitEndpoint(row.endpoint)}
            href={page.to(endpointPath({ service: row.service, ...splitEndpoint(row.endpoint) }))}
          />
        ) : (
          <span class="quiet">outside a request</span>
        ),
    },
    {
      title: 'Times',
      numeric: true,
      sort: { href: page.with({ sort: 'count' }), on: sort === 'count' },
      cell: (row) => count(row.count),
    },
    { title: 'First seen', numeric: true, cell: (row) => <Moment iso={row.firstSeen} /> },
    {
      title: 'Last seen',
      numeric: true,
      sort: { href: page.with({ sort: '' }), on: sort === 'newest' },
      cell: (row) => <Moment iso={row.lastSeen} />,
    },
  ];
}
