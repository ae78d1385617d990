// Every request, newest first: the seed's list, with its colours, filters and search.

import { useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { duration } from '../format/duration.ts';
import { ListAnswer } from '../parts/list-answer.tsx';
import { ListHead } from '../parts/list-head.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { RequestTable } from '../parts/request-table.tsx';
import { Select } from '../parts/select.tsx';
import { SetFilter } from '../parts/set-filter.tsx';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const STATUSES = ['2xx', '3xx', '4xx', '5xx'];
/** Any other comes with a link. */
const MINIMA_MS = ['10', '50', '100', '500', '1000', '5000'];
const any = { value: '', text: 'Any' };
const same = (values: readonly string[]) => values.map((value) => ({ value, text: value }));
const yesNo = (yes: string, no: string) => [any, { value: 'true', text: yes }, { value: 'false', text: no }];

const ROWS_MAX = 50;

export function RequestsPage() {
  const page = usePage('Requests');
  const { query, narrowed, change } = page;
  const { method, status, slow, exception, nPlusOne, q, endpoint, minMs, sort, cursor } = query;
  const requests = useApi('/api/v1/requests', {
    ...narrowed,
    method,
    status,
    slow: truth(slow),
    exception: truth(exception),
    nPlusOne: truth(nPlusOne),
    q,
    endpoint,
    minMs,
    sort: sort === 'slowest' ? 'slowest' : undefined,
    cursor,
    limit: `${ROWS_MAX}`,
  });
  return (
    <>
      <ListHead title="Requests" finds="Path, exception, or trace id" />
      <fieldset class="filters">
        <legend class="unseen">Filters</legend>
        <Select
          label="Method"
          value={method ?? ''}
          options={[any, ...same(METHODS)]}
          onChange={(value) => change({ method: value })}
        />
        <Select
          label="Status"
          value={status ?? ''}
          options={[any, ...same(STATUSES)]}
          onChange={(value) => change({ status: value })}
        />
        <Select
          label="Slow"
          value={slow ?? ''}
          options={yesNo('Slow only', 'Not slow')}
          onChange={(value) => change({ slow: value })}
        />
        <Select
          label="Exception"
          value={exception ?? ''}
          options={yesNo('With exception', 'Without')}
          onChange={(value) => change({ exception: value })}
        />
        <Select
          label="N+1"
          value={nPlusOne ?? ''}
          options={yesNo('With N+1', 'Without')}
          onChange={(value) => change({ nPlusOne: value })}
        />
        <Select
          label="Duration"
          value={minMs ?? ''}
          options={[any, ...MINIMA_MS.map((ms) => ({ value: ms, text: `${duration(Number(ms))} and more` }))]}
          onChange={(value) => change({ minMs: value })}
        />
        <Select
          label="Order"
          value={sort ?? ''}
          options={[
            { value: '', text: 'Newest first' },
            { value: 'slowest', text: 'Slowest first' },
          ]}
          onChange={(value) => change({ sort: value })}
        />
        <SetFilter name="Endpoint" of="endpoint" />
      </fieldset>
      <ListAnswer from={requests} limit={ROWS_MAX} empty={<Nothing none="No request here" />}>
        {(rows) => <RequestTable caption="Requests" rows={rows} stale={requests.stale} />}
      </ListAnswer>
    </>
  );
}

const truth = (value: string | undefined) => (value === 'true' || value === 'false' ? value : undefined);
