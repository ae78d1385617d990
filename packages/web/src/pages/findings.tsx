// What is wrong, with the evidence and the line of code; and what a person decided about it.

import type { FindingState } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { useDecision } from '../parts/decision.tsx';
import { FindingCard, STATES, TYPES } from '../parts/finding-card.tsx';
import { ListAnswer } from '../parts/list-answer.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { Select } from '../parts/select.tsx';
import { SetFilter } from '../parts/set-filter.tsx';

/** What still wants a decision or a fix. */
const PENDING = 'open,acknowledged';
const EVERY: readonly FindingState[] = ['open', 'acknowledged', 'ignored', 'resolved'];

const ROWS_MAX = 50;

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
    limit: `${ROWS_MAX}`,
  });
  const [decide, said] = useDecision(findings.refresh);
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
        <SetFilter name="Endpoint" of="endpoint" />
      </fieldset>
      {said}
      <ListAnswer
        from={findings}
        limit={ROWS_MAX}
        empty={
          <Nothing none="No finding here">
            <p>
              No request repeated a query often enough, and no query was slow. A finding needs queries: database spans
              that carry their text (<code>db.query.text</code>).
            </p>
          </Nothing>
        }
      >
        {(rows) => (
          <>
            {rows.map((finding) => (
              <FindingCard key={finding.key} finding={finding} onState={(state) => decide(finding, state)} />
            ))}
          </>
        )}
      </ListAnswer>
    </>
  );
}
