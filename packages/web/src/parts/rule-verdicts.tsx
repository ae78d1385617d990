// What each rule says of an endpoint in the last closed window, also of one that does not fire: asked for when it is opened.

import { useState } from 'preact/hooks';
import { useApi } from '../data/api.ts';
import { Answer } from './answer.tsx';
import { Badge } from './badge.tsx';

interface Subject {
  readonly service: string;
  readonly endpoint: string;
}

export function RuleVerdicts(props: Subject & { summary: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.summary}</summary>
      {open && <Verdicts service={props.service} endpoint={props.endpoint} />}
    </details>
  );
}

function Verdicts({ service, endpoint }: Subject) {
  const explained = useApi('/api/v1/regressions/explain', { service, endpoint }, 60_000);
  return (
    <Answer
      from={explained}
      isEmpty={(data) => data.items.length === 0}
      empty={<p class="quiet">No window with requests to it has been closed yet.</p>}
    >
      {(data) => (
        <ul class="why-list">
          {data.items.flatMap(({ environment, verdicts }) =>
            verdicts.map(({ rule, kind, state, reason }) => (
              <li key={`${environment} ${rule} ${kind}`}>
                <Badge tone={state === 'quiet' ? 'plain' : 'critical'}>{state}</Badge>{' '}
                <strong>
                  {rule}, {kind === 'response_time' ? 'response time' : 'error rate'}
                  {environment ? `, ${environment}` : ''}
                </strong>
                : {reason}
              </li>
            )),
          )}
        </ul>
      )}
    </Answer>
  );
}
