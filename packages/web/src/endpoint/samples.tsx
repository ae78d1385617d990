// Requests to look at: the slowest, some as they usually are, and those that failed.

import { useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { RequestTable } from '../parts/request-table.tsx';
import type { EndpointRange } from './endpoint-range.ts';

const REFRESH_MS = 15_000;

export function Samples({ of }: { of: EndpointRange }) {
  const page = usePage();
  const samples = useApi('/api/v1/endpoints/samples', of, REFRESH_MS).data;
  if (samples === undefined) return null;
  const kinds = [
    { title: 'Slowest requests', rows: samples.slowest },
    { title: 'Ordinary requests', rows: samples.ordinary },
    { title: 'Failed requests', rows: samples.failed },
  ].filter(({ rows }) => rows.length > 0);
  if (kinds.length === 0) return null;
  return (
    <>
      {kinds.map(({ title, rows }) => (
        <div key={title}>
          <h2>{title}</h2>
          <RequestTable caption={`${title} of ${of.endpoint}`} rows={rows} />
        </div>
      ))}
      <p class="after">
        <a class="button" href={page.to('/requests', { service: of.service, endpoint: of.endpoint })}>
          All its requests
        </a>
      </p>
    </>
  );
}
