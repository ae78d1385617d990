// What is wrong, with the evidence and the line of code; and what a person decided about it.

import type { Finding, FindingState } from '@profiler/collector/api-types';
import { useState } from 'preact/hooks';
import { setFindingState, useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { Answer } from '../parts/answer.tsx';
import { FindingCard, STATES, TYPES } from '../parts/finding-card.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { Pager } from '../parts/pager.tsx';
import { Select } from '../parts/select.tsx';
import { SetFilter } from '../parts/set-filter.tsx';

/** What still wants a decision or a fix. */
const PENDING = 'open,acknowledged';
const EVERY: readonly FindingState[] = ['open', 'acknowledged', 'ignored', 'resolved'];

interface Change {
  readonly finding: Finding;
  readonly state: FindingState;
  readonly failure?: string;
}

export function FindingsPage() {
  const page = usePage('Findings');
  const { query, narrowed, change } = page;
  const findings = useApi('/api/v1/findings', {
    ...narrowed,
    state: query.state === 'every' ? EVERY.join(',') : query.state || PENDING,
    severity: query.severity,
    type: query.type,
    endpoint: query.endpoint,
    cursor: query.cursor,
    limit: '50',
  });
  const [last, setLast] = useState<Change | undefined>(undefined);

  const decide = async (finding: Finding, state: FindingState) => {
    try {
      await setFindingState(finding.key, state);
      setLast({ finding, state });
    } catch (error) {
      setLast({ finding, state, failure: error instanceof Error ? error.message : String(error) });
    }
    findings.refresh();
  };
  return (
    <>
      <div class="page-head">
        <h1>Findings</h1>
      </div>
      <fieldset class="filters">
        <legend class="unseen">Filters</legend>
        <Select
          label="State"
          value={query.state ?? ''}
          options={[{ value: '', text: 'Open or acknowledged' }, ...STATES, { value: 'every', text: 'Every state' }]}
          onChange={(state) => change({ state })}
        />
        <Select
          label="Severity"
          value={query.severity ?? ''}
          options={[
            { value: '', text: 'Any' },
            { value: 'critical', text: 'Critical' },
            { value: 'warning', text: 'Warning' },
            { value: 'info', text: 'Info' },
          ]}
          onChange={(severity) => change({ severity })}
        />
        <Select
          label="Type"
          value={query.type ?? ''}
          options={[{ value: '', text: 'Any' }, ...Object.entries(TYPES).map(([value, text]) => ({ value, text }))]}
          onChange={(type) => change({ type })}
        />
        <SetFilter name="Endpoint" value={query.endpoint} without={page.with({ endpoint: '' })} />
      </fieldset>
      <p role="status" class={last ? 'said' : 'unseen'}>
        {last && <Said change={last} undo={() => decide(last.finding, last.finding.state)} />}
      </p>
      <Answer
        from={findings}
        isEmpty={(data) => data.items.length === 0}
        empty={
          <Nothing none="No finding here">
            <p>
              No request repeated a query often enough, and no query was slow. A finding needs queries: database spans
              that carry their text (<code>db.query.text</code>).
            </p>
          </Nothing>
        }
      >
        {(data) => (
          <>
            {data.items.map((finding) => (
              <FindingCard key={finding.key} finding={finding} onState={(state) => decide(finding, state)} />
            ))}
            <Pager nextCursor={data.nextCursor} next="Next 50" first="Back to the first" />
          </>
        )}
      </Answer>
    </>
  );
}

function Said(props: { change: Change; undo: () => void }) {
  const { finding, state, failure } = props.change;
  if (failure !== undefined) return <>The state was not changed: {failure}</>;
  return (
    <>
      {finding.endpoint} is now <strong>{state}</strong>.{' '}
      {state !== finding.state && (
        <button type="button" class="button" onClick={props.undo}>
          Undo
        </button>
      )}
    </>
  );
}
