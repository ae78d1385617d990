// Every query by what it costs: the time that all its calls took together, unless another order is asked for.

import type { Query, QuerySort } from '@profiler/collector/api-types';
import { queryPath } from '../data/address.ts';
import { useApi } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { count, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ListAnswer } from '../parts/list-answer.tsx';
import { ListHead } from '../parts/list-head.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { Select } from '../parts/select.tsx';
import { SetFilter } from '../parts/set-filter.tsx';

const SYSTEMS = ['postgresql', 'mysql', 'mariadb', 'sqlite', 'microsoft.sql_server', 'oracle.db', 'mongodb', 'redis'];
const SORTS: readonly QuerySort[] = ['total', 'calls', 'per_request', 'avg', 'p95'];

const ROWS_MAX = 50;

export function QueriesPage() {
  const page = usePage('Queries');
  const { query, narrowed, change } = page;
  const sort = SORTS.find((each) => each === query.sort) ?? 'total';
  const queries = useApi('/api/v1/queries', {
    ...narrowed,
    system: query.system,
    endpoint: query.endpoint,
    q: query.q,
    sort,
    cursor: query.cursor,
    limit: `${ROWS_MAX}`,
  });
  return (
    <>
      <ListHead title="Queries" finds="Table, part of the text, or fingerprint" />
      <fieldset class="filters">
        <legend class="unseen">Filters</legend>
        <Select
          label="System"
          value={query.system ?? ''}
          options={[{ value: '', text: 'Any' }, ...SYSTEMS.map((value) => ({ value, text: value }))]}
          onChange={(system) => change({ system })}
        />
        <SetFilter name="Endpoint" of="endpoint" />
      </fieldset>
      <ListAnswer
        from={queries}
        limit={ROWS_MAX}
        empty={
          <Nothing none="No query here">
            <p>
              A query is a database span that carries its text (<code>db.query.text</code>). Where requests arrive and
              no query does, the instrumentation of the driver is missing, or keeps the text to itself:{' '}
              <a href={page.to('/setup')}>Setup</a> says which.
            </p>
          </Nothing>
        }
      >
        {(rows) => (
          <DataTable
            caption="Queries, the costliest first"
            columns={columns(page, sort)}
            rows={rows}
            rowKey={(row) => `${row.service} ${row.fingerprint}`}
            stale={queries.stale}
          />
        )}
      </ListAnswer>
    </>
  );
}

function columns(page: PageAddress, sort: QuerySort): Column<Query>[] {
  const by = (value: QuerySort) => ({ href: page.with({ sort: value === 'total' ? '' : value }), on: sort === value });
  return [
    {
      title: 'Query',
      name: true,
      cell: (row) => (
        <>
          <a class="query-link" href={page.to(queryPath(row))} title={row.summary}>
            <code class="query-line">{row.text}</code>
          </a>
          <span class="under">
            {row.service}
            <span>{row.system}</span>
            <span class="endpoints-of" title={row.endpoints.join('\n').slice(0, 2000)}>
              {row.endpoints[0]}
              {row.endpoints.length > 1 &&
                ` and ${row.endpoints.length - 1}${row.endpoints.length === 20 ? '+' : ''} more`}
            </span>
          </span>
        </>
      ),
    },
    {
      title: 'Together',
      hint: 'Time of all calls',
      numeric: true,
      sort: by('total'),
      cell: (row) => duration(row.totalMs),
    },
    { title: 'Calls', numeric: true, sort: by('calls'), cell: (row) => count(row.calls) },
    {
      title: 'Per request',
      hint: 'Calls in a request that makes it',
      numeric: true,
      sort: by('per_request'),
      cell: (row) => perRequest(row.callsPerRequest),
    },
    { title: 'Average', numeric: true, sort: by('avg'), cell: (row) => duration(row.avgMs) },
    { title: 'p95', numeric: true, sort: by('p95'), cell: (row) => duration(row.p95Ms) },
    { title: 'Longest', numeric: true, cell: (row) => duration(row.maxMs) },
  ];
}
