// The endpoint's queries by the time that they take together, and the line that runs each.

import type { EndpointQuery } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { count, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { EndpointRange } from './endpoint-range.ts';

const REFRESH_MS = 15_000;

export function Queries({ of }: { of: EndpointRange }) {
  const queries = useApi('/api/v1/endpoints/queries', { ...of, limit: '20' }, REFRESH_MS).data?.items ?? [];
  if (queries.length === 0) return null;
  return (
    <>
      <h2>Queries</h2>
      <DataTable
        caption={`Queries of ${of.endpoint}, the costliest first`}
        columns={COLUMNS}
        rows={queries}
        rowKey={(row) => `${row.service} ${row.fingerprint} ${row.system}`}
      />
    </>
  );
}

const COLUMNS: readonly Column<EndpointQuery>[] = [
  {
    title: 'Query',
    name: true,
    cell: (row) => (
      <>
        <code class="query-line">{row.text}</code>
        {row.callSite && (
          <span class="under">
            at <code class="call-site">{row.callSite}</code>
          </span>
        )}
      </>
    ),
  },
  { title: 'System', cell: (row) => row.system },
  { title: 'Calls', numeric: true, cell: (row) => count(row.calls) },
  {
    title: 'Per request',
    hint: 'Of requests that make it',
    numeric: true,
    cell: (row) => perRequest(row.callsPerRequest),
  },
  { title: 'Together', numeric: true, cell: (row) => duration(row.totalMs) },
  { title: 'Average', numeric: true, cell: (row) => duration(row.avgMs) },
  { title: 'p95', numeric: true, cell: (row) => duration(row.p95Ms) },
];
