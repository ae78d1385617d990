// The first thing that an endpoint's page says: what is wrong, why, and at which line. The collector says it; here it is set.

import type { EndpointVerdict } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { QueryText } from '../parts/query-text.tsx';
import { RuleVerdicts } from '../parts/rule-verdicts.tsx';
import type { EndpointRange } from './endpoint-range.ts';

const STATES: Record<EndpointVerdict['state'], readonly [tone: Tone, word: string]> = {
  regressed: ['critical', 'regressed'],
  finding: ['warning', 'finding'],
  failing: ['critical', 'failing'],
  quiet: ['good', 'quiet'],
};

export function Verdict({ of }: { of: EndpointRange }) {
  const verdict = useApi('/api/v1/endpoints/verdict', of).data;
  // Its place is kept, so that nothing jumps when it comes.
  if (verdict === undefined) return <section class="verdict" aria-busy="true" />;
  const [tone, word] = STATES[verdict.state];
  return (
    <section class={`verdict verdict-${tone}`} aria-label="Verdict">
      <p class="verdict-sentence">
        <Badge tone={tone}>{word}</Badge> {verdict.sentence}
      </p>
      {verdict.query && <QueryText text={verdict.query} />}
      {verdict.callSite && (
        <p>
          <span class="quiet">at </span>
          <code class="call-site">{verdict.callSite}</code>
        </p>
      )}
      <RuleVerdicts
        service={of.service}
        endpoint={of.endpoint}
        summary={verdict.state === 'regressed' ? 'What each rule says' : 'Why no regression is told'}
      />
    </section>
  );
}
