// What became slower or fails more often than before, and with which version.

import type { Regression } from '@profiler/collector/api-types';
import { endpointPath } from '../data/address.ts';
import { useApi } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { count } from '../format/count.ts';
import { splitEndpoint } from '../format/endpoint.ts';
import { regressionChange, regressionStep } from '../format/regression-change.ts';
import { regressionRange } from '../format/regression-range.ts';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { ListAnswer } from '../parts/list-answer.tsx';
import { Moment } from '../parts/moment.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { RegressionEvidence } from '../parts/regression-evidence.tsx';
import { RuleVerdicts } from '../parts/rule-verdicts.tsx';
import { Select } from '../parts/select.tsx';
import { SetFilter } from '../parts/set-filter.tsx';

const ROWS_MAX = 50;

export function RegressionsPage() {
  const page = usePage('Regressions');
  const { query, narrowed } = page;
  const state = query.state === 'firing' || query.state === 'resolved' ? query.state : undefined;
  const regressions = useApi('/api/v1/regressions', {
    ...narrowed,
    state,
    endpoint: query.endpoint,
    cursor: query.cursor,
    limit: `${ROWS_MAX}`,
  });
  return (
    <>
      <div class="page-head">
        <h1>Regressions</h1>
      </div>
      <fieldset class="filters">
        <legend class="unseen">Filters</legend>
        <Select
          label="State"
          value={query.state ?? ''}
          options={[
            { value: '', text: 'Any' },
            { value: 'firing', text: 'Firing' },
            { value: 'resolved', text: 'Resolved' },
          ]}
          onChange={(value) => page.change({ state: value })}
        />
        <SetFilter name="Endpoint" of="endpoint" />
      </fieldset>
      <ListAnswer
        from={regressions}
        limit={ROWS_MAX}
        empty={
          <Nothing none="No regression here">
            <p>
              No endpoint got slower or failed more often from one window to the next. Two windows with enough requests
              are needed before anything is compared.
            </p>
          </Nothing>
        }
      >
        {(rows) => (
          <DataTable
            caption="Regressions, newest first"
            columns={columns(page)}
            rows={rows}
            rowKey={(row) => row.key}
            stale={regressions.stale}
          />
        )}
      </ListAnswer>
    </>
  );
}

function columns(page: PageAddress): Column<Regression>[] {
  return [
    {
      title: 'Endpoint',
      name: true,
      cell: (row) => {
        const { method, route } = splitEndpoint(row.endpoint);
        const range = regressionRange(row, Date.now());
        return (
          <>
            <EndpointName
              method={method}
              route={route}
              href={page.to(endpointPath({ service: row.service, method, route }), range)}
              title="The endpoint, around the time when it began"
            />
            <span class="under">
              {row.service}
              {row.environment && <span>{row.environment}</span>}
            </span>
            <span class="explanation">{row.explanation}</span>
            {row.evidence && (
              <details class="why">
                <summary>What changed with it</summary>
                <RegressionEvidence evidence={row.evidence} />
              </details>
            )}
            <RuleVerdicts service={row.service} endpoint={row.endpoint} summary="What the rules say of it now" />
          </>
        );
      },
    },
    {
      title: 'State',
      cell: (row) => <Badge tone={row.state === 'firing' ? 'critical' : 'good'}>{row.state}</Badge>,
    },
    {
      title: 'What',
      cell: (row) => <span class="one-line">{row.kind === 'response_time' ? 'Response time' : 'Error rate'}</span>,
    },
    {
      title: 'Change',
      numeric: true,
      cell: (row) => (
        <>
          <strong>{regressionChange(row)}</strong> <span class="quiet">{regressionStep(row)}</span>
        </>
      ),
    },
    {
      title: 'Requests',
      hint: 'In the baseline window and in the current one',
      numeric: true,
      cell: (row) => `${count(row.baselineRequests)} → ${count(row.currentRequests)}`,
    },
    { title: 'Version', cell: (row) => row.version || <span class="quiet one-line">not sent</span> },
    {
      title: 'Started',
      numeric: true,
      cell: (row) => (
        <>
          <Moment iso={row.startedAt} />
          {row.resolvedAt && (
            <span class="was">
              until <Moment iso={row.resolvedAt} />
            </span>
          )}
        </>
      ),
    },
  ];
}
