// Before and after: the same endpoint in each version, the newest first, beside the one before it.

import type { EndpointVersion } from '@profiler/collector/api-types';
import type { ComponentChildren } from 'preact';
import { usePage } from '../data/page.ts';
import { brushed } from '../data/time-axis.ts';
import { count, percent, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { ResponseTime } from '../parts/pace-mark.tsx';

/** Around a deploy, on either side. */
const AROUND_SECONDS = 1800;
/** A change of less is no change. */
const CHANGED_BY = 1.1;

export function Versions(props: { endpoint: string; versions: readonly EndpointVersion[]; slowFromMs: number }) {
  const { endpoint, versions, slowFromMs } = props;
  const page = usePage();
  const before = new Map(versions.map((row, at) => [row.version, versions[at + 1]]));
  const around = (iso: string) =>
    page.with(brushed(Date.parse(iso) / 1000 - AROUND_SECONDS, Date.parse(iso) / 1000 + AROUND_SECONDS, Date.now()));
  const figure =
    (of: (row: EndpointVersion) => number, shown: (value: number) => ComponentChildren) => (row: EndpointVersion) => {
      const was = before.get(row.version);
      return (
        <>
          {shown(of(row))}
          {was && <Change was={of(was)} is={of(row)} />}
        </>
      );
    };
  const time = (ms: number) => <ResponseTime ms={ms} slowFromMs={slowFromMs} />;
  const columns: readonly Column<EndpointVersion>[] = [
    {
      title: 'Version',
      name: true,
      cell: (row) => (
        <>
          {row.version ? <strong>{row.version}</strong> : <span class="quiet">not sent</span>}
          <span class="under">
            first seen{' '}
            <a class="trace-link" href={around(row.firstSeen)} title="Zoom to the half hours around it">
              <Moment iso={row.firstSeen} />
            </a>
          </span>
        </>
      ),
    },
    { title: 'Requests', numeric: true, cell: (row) => count(row.requests) },
    { title: 'Average', numeric: true, cell: figure(({ avgMs }) => avgMs, time) },
    { title: 'p50', numeric: true, cell: figure(({ p50Ms }) => p50Ms, time) },
    { title: 'p95', numeric: true, cell: figure(({ p95Ms }) => p95Ms, time) },
    { title: 'p99', numeric: true, cell: figure(({ p99Ms }) => p99Ms, time) },
    { title: 'Errors', numeric: true, cell: (row) => percent(row.errorRate) },
    { title: 'Queries', numeric: true, cell: figure(({ queriesPerRequest }) => queriesPerRequest, perRequest) },
    { title: 'Query time', numeric: true, cell: figure(({ queryMsPerRequest }) => queryMsPerRequest, duration) },
  ];
  return (
    <>
      <h2>Versions</h2>
      <DataTable caption={`${endpoint} by version`} columns={columns} rows={versions} rowKey={(row) => row.version} />
    </>
  );
}

function Change({ was, is }: { was: number; is: number }) {
  if (!(was > 0) || !(is > 0)) return null;
  const factor = is / was;
  if (factor < CHANGED_BY && factor > 1 / CHANGED_BY) return null;
  const grew = factor > 1;
  return (
    <span class={`change ${grew ? 'bad' : 'good'}`}>
      <span aria-hidden="true">{grew ? '▲' : '▼'}</span> {factor.toFixed(factor < 10 ? 1 : 0)}×
    </span>
  );
}
