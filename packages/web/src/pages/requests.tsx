// Every request, newest first: the seed's list, with its colours, filters and search.

import { useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { duration } from '../format/duration.ts';
import { Answer } from '../parts/answer.tsx';
import { ListHead } from '../parts/list-head.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { Pager } from '../parts/pager.tsx';
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
    limit: '50',
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
      <Answer from={requests} isEmpty={(data) => data.items.length === 0} empty={<Nothing none="No request here" />}>
        {(data) => (
          <>
            <RequestTable caption="Requests" rows={data.items} stale={requests.stale} />
            <Pager nextCursor={data.nextCursor} next="Next 50" first="Back to the first" />
          </>
        )}
      </Answer>
    </>
  );
}

const truth = (value: string | undefined) => (value === 'true' || value === 'false' ? value : undefined);
