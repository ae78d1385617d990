// What a person decides about a finding: said in a line above, with a way back.

import type { Finding, FindingState } from '@profiler/collector/api-types';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { setFindingState } from '../data/api.ts';

type Decide = (finding: Finding, state: FindingState) => Promise<void>;

interface Change {
  readonly finding: Finding;
  readonly state: FindingState;
  readonly failure?: string;
}

/** How to decide, and the line that says what was decided. `refresh` asks for the findings anew. */
export function useDecision(refresh: () => void): [decide: Decide, said: ComponentChildren] {
  const [last, setLast] = useState<Change | undefined>(undefined);
  const decide: Decide = async (finding, state) => {
    try {
      await setFindingState(finding.key, state);
      setLast({ finding, state });
    } catch (error) {
      setLast({ finding, state, failure: error instanceof Error ? error.message : String(error) });
    }
    refresh();
  };
  const said = (
    <p role="status" class={last ? 'said' : 'unseen'}>
      {last && <Said change={last} undo={() => decide(last.finding, last.finding.state)} />}
    </p>
  );
  return [decide, said];
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
