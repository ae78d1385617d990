// Home: where the time goes. The endpoint that costs most stands first, with what is wrong with it in its row.

import type { Endpoint, EndpointSort } from '@profiler/collector/api-types';
import { endpointPath } from '../data/address.ts';
import { useApi } from '../data/api.ts';
import { endpointNotes } from '../data/endpoint-notes.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { useSlowFromMs } from '../data/settings.ts';
import { count, percent, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { regressionChange, regressionStep } from '../format/regression-change.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { ListAnswer } from '../parts/list-answer.tsx';
import { ListHead } from '../parts/list-head.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { ResponseTime } from '../parts/pace-mark.tsx';
import { Sparkline } from '../parts/sparkline.tsx';

/** Stacks are large, and a badge does not hurry. */
const EXCEPTIONS_REFRESH_MS = 30_000;

type Notes = ReturnType<typeof endpointNotes>;

const ROWS_MAX = 100;

export function EndpointsPage() {
  const page = usePage('Endpoints');
  const { narrowed, query } = page;
  const sort = (query.sort || 'impact') as EndpointSort;
  const endpoints = useApi('/api/v1/endpoints', {
    ...narrowed,
    sort,
    q: query.q,
    cursor: query.cursor,
    limit: `${ROWS_MAX}`,
    trend: 'true',
    baseline: 'true',
  });
  const findings = useApi('/api/v1/findings', { ...narrowed, state: 'open,acknowledged', limit: '200' });
  const regressions = useApi('/api/v1/regressions', {
    service: narrowed.service,
    environment: narrowed.environment,
    state: 'firing',
    limit: '200',
  });
  const exceptions = useApi('/api/v1/exceptions', { ...narrowed, limit: '200' }, EXCEPTIONS_REFRESH_MS);
  const notes = endpointNotes(findings.data?.items ?? [], regressions.data?.items ?? [], exceptions.data?.items ?? []);
  const slowFromMs = useSlowFromMs();
  return (
    <>
      <ListHead title="Endpoints" finds="Route or method" />
      <AlertList regressions={regressions.data?.items ?? []} findings={findings.data?.items ?? []} />
      <ListAnswer from={endpoints} limit={ROWS_MAX} empty={<Nothing none="No request in this time range" />}>
        {(rows) => (
          <DataTable
            caption="Endpoints, the costliest first"
            columns={columns(page, sort, notes, slowFromMs, Math.max(...rows.map(totalMs)))}
            rows={rows}
            rowKey={(row) => `${row.service} ${row.method} ${row.route}`}
            stale={endpoints.stale}
          />
        )}
      </ListAnswer>
    </>
  );
}

/** p95 in the range before; where that had no request, before what fires began. */
function Before({ row, notes }: { row: Endpoint; notes: Notes }) {
  const evidence = notes(row.service, `${row.method} ${row.route}`.trim()).regression?.evidence;
  const [numbers, when] = row.baseline
    ? [row.baseline, 'in the range before']
    : [evidence?.before, 'before its regression'];
  if (!numbers || numbers.requests === 0) return null;
  return (
    <span class="was" title={`${count(numbers.requests)} requests ${when}`}>
      {' '}
      was {duration(numbers.p95Ms)}
    </span>
  );
}

/** p95 as a line; whoever does not see it hears from where to where it went. */
function Trend({ row }: { row: Endpoint }) {
  const values = row.trend?.p95Ms ?? [];
  const known = values.filter((value) => value !== null);
  const says =
    known.length < 2
      ? 'too few intervals for a trend'
      : `from ${duration(known[0]!)} to ${duration(known.at(-1)!)}, at most ${duration(Math.max(...known))}`;
  return <Sparkline values={values} says={says} />;
}

const TITLE_CHARACTERS_MAX = 300;

/** Impact: all the time that its callers waited for. */
const totalMs = (row: Endpoint) => row.requests * row.avgMs;

function columns(
  page: PageAddress,
  sort: EndpointSort,
  notes: Notes,
  slowFromMs: number,
  totalMsMax: number,
): Column<Endpoint>[] {
  const by = (key: EndpointSort) => ({ href: page.with({ sort: key === 'impact' ? '' : key }), on: sort === key });
  return [
    {
      title: 'Endpoint',
      name: true,
      cell: (row) => (
        <>
          <EndpointName method={row.method} route={row.route} href={page.to(endpointPath(row))} />
          <span class="under">
            {row.service}
            <RowNotes row={row} notes={notes} page={page} />
          </span>
        </>
      ),
    },
    {
      title: 'Trend',
      hint: 'p95 over the time range',
      cell: (row) => <Trend row={row} />,
    },
    {
      title: 'p95',
      hint: '95 of 100 requests were faster; below, in the range before this one',
      numeric: true,
      sort: by('p95'),
      cell: (row) => (
        <>
          <ResponseTime ms={row.p95Ms} slowFromMs={slowFromMs} />
          <Before row={row} notes={notes} />
        </>
      ),
    },
    {
      title: 'Impact',
      hint: 'Requests × average: all the time that callers waited',
      numeric: true,
      sort: by('impact'),
      cell: (row) => (
        <span class="impact">
          <span class="impact-bar" aria-hidden="true">
            <span style={{ width: `${totalMsMax > 0 ? (totalMs(row) / totalMsMax) * 100 : 0}%` }} />
          </span>
          <span class="impact-figure">{duration(totalMs(row))}</span>
        </span>
      ),
    },
    { title: 'Requests', numeric: true, sort: by('requests'), cell: (row) => count(row.requests) },
    {
      title: 'Average',
      numeric: true,
      sort: by('avg'),
      cell: (row) => <ResponseTime ms={row.avgMs} slowFromMs={slowFromMs} />,
    },
    {
      title: 'Errors',
      numeric: true,
      sort: by('errors'),
      cell: (row) => (
        <span class={row.errors > 0 ? 'bad' : 'quiet'} title={`${row.errors} of ${row.requests}`}>
          {percent(row.errorRate)}
        </span>
      ),
    },
    {
      title: 'Queries',
      hint: 'Database queries per request',
      numeric: true,
      sort: by('queries'),
      cell: (row) => (
        <span title={`${duration(row.queryMsPerRequest)} per request`}>{perRequest(row.queriesPerRequest)}</span>
      ),
    },
  ];
}

function RowNotes(props: { row: Endpoint; notes: Notes; page: PageAddress }) {
  const { row, page } = props;
  const endpoint = `${row.method} ${row.route}`;
  const { repeatsMax, regression, slowQuery, exception } = props.notes(row.service, endpoint);
  const own = { service: row.service, endpoint };
  return (
    <>
      {(row.nPlusOneRequests > 0 || repeatsMax > 0) && (
        <Badge
          tone="warning"
          href={page.to('/findings', own)}
          title={`The same query again and again, in ${count(row.nPlusOneRequests)} of ${count(row.requests)} requests`}
        >
          N+1{repeatsMax > 0 ? ` ×${repeatsMax}` : ''}
        </Badge>
      )}
      {regression && (
        <Badge tone="critical" href={page.to('/regressions', own)} title={regressionStep(regression)}>
          ▲ {regressionChange(regression)}
          {regression.version ? ` since ${regression.version}` : ''}
        </Badge>
      )}
      {slowQuery && (
        <Badge tone="warning" href={page.to('/findings', own)} title={slowQuery.summary}>
          slow query
        </Badge>
      )}
      {exception && (
        <Badge
          tone="critical"
          href={page.to('/requests', { ...own, exception: 'true' })}
          title={`${exception.type}: ${exception.message}`.slice(0, TITLE_CHARACTERS_MAX)}
        >
          exception
        </Badge>
      )}
      {row.slowRequests > 0 && (
        <Badge
          tone="plain"
          href={page.to('/requests', { ...own, slow: 'true' })}
          title={`${count(row.slowRequests)} of ${count(row.requests)} requests took as long as the slow threshold, or longer`}
        >
          {count(row.slowRequests)} slow
        </Badge>
      )}
    </>
  );
}
