import type { Finding, FindingSeverity, FindingState, FindingType } from '@profiler/collector/api-types';
import { endpointPath } from '../data/address.ts';
import { usePage } from '../data/page.ts';
import { count, counted, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { splitEndpoint } from '../format/endpoint.ts';
import { Badge, type Tone } from './badge.tsx';
import { EndpointName } from './endpoint-name.tsx';
import { Fact } from './fact.tsx';
import { Moment } from './moment.tsx';
import { QueryText } from './query-text.tsx';

export const STATES: readonly { value: FindingState; text: string }[] = [
  { value: 'open', text: 'Open' },
  { value: 'acknowledged', text: 'Acknowledged' },
  { value: 'ignored', text: 'Ignored' },
  { value: 'resolved', text: 'Resolved' },
];

export const TYPES: Record<FindingType, string> = {
  n_plus_one: 'N+1 query',
  duplicate_query: 'Duplicate query',
  cache_loop: 'Cache read in a loop',
  slow_query: 'Slow query',
  many_queries: 'Many queries',
  n_plus_one_http: 'N+1 over HTTP',
};

const TONES: Record<FindingSeverity, Tone> = { critical: 'critical', warning: 'warning', info: 'info' };

export function FindingCard(props: { finding: Finding; onState: (state: FindingState) => void }) {
  const { finding, onState } = props;
  const page = usePage();
  const endpoint = { service: finding.service, ...splitEndpoint(finding.endpoint) };
  const isRepeat = finding.repeatsMax > 1;
  const titleId = `finding-${finding.key}`;
  return (
    <article class={`card finding finding-${finding.state}`} aria-labelledby={titleId}>
      <header class="card-head">
        <Badge tone={TONES[finding.severity]}>{finding.severity}</Badge>
        <h2 id={titleId}>
          <a class="finding-link" href={page.to(`/findings/${finding.key}`)}>
            {TYPES[finding.type] ?? finding.type}
          </a>{' '}
          <EndpointName {...splitEndpoint(finding.endpoint)} href={page.to(endpointPath(endpoint))} />
        </h2>
        <span class="quiet">{finding.service}</span>
        {finding.reopened && <Badge tone="plain">came back</Badge>}
        {finding.resolvedBy === 'version' && <Badge tone="good">gone with {finding.fixedVersion}</Badge>}
        {finding.resolvedBy === 'absence' && <Badge tone="good">not seen for a week</Badge>}
        <label class="field finding-state">
          <span>State</span>
          <select value={finding.state} onChange={(event) => onState(event.currentTarget.value as FindingState)}>
            {STATES.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </header>
      <p class="finding-summary" title={finding.summary}>
        {finding.summary}
      </p>
      {finding.query && <QueryText text={finding.query} />}
      <dl class="facts">
        <Fact name="Line">
          {finding.callSite ? (
            <code class="call-site">{finding.callSite}</code>
          ) : (
            <span class="quiet" title="Apps started with @profiler/register send it">
              not sent
            </span>
          )}
        </Fact>
        {finding.loopPath && <Fact name="In">{finding.loopPath}</Fact>}
        {isRepeat && (
          <Fact name="Repeats per request">
            {perRequest(finding.repeatsP50)} typical, {count(finding.repeatsMax)} at most
          </Fact>
        )}
        <Fact name="Time per request">{duration(finding.msPerRequest)}</Fact>
        {finding.savedMsPerRequest > 0 && (
          <Fact name="A fix saves, at most">{duration(finding.savedMsPerRequest)} a request</Fact>
        )}
        {finding.distinctValues !== null && isRepeat && (
          <Fact name="Distinct values">{count(finding.distinctValues)}</Fact>
        )}
        <Fact name="Seen">
          in {counted(finding.occurrences, 'request')}, first <Moment iso={finding.firstSeen} as="ago" />
          {finding.firstVersion ? <> in {finding.firstVersion}</> : null}, last{' '}
          <Moment iso={finding.lastSeen} as="ago" />
        </Fact>
        {finding.exampleTraceIds.length > 0 && (
          <Fact name="Examples">
            {finding.exampleTraceIds.slice(0, 3).map((id) => (
              <a key={id} class="trace-link" href={page.to(`/traces/${id}`)} title={id}>
                <span class="unseen">Trace </span>
                {id.slice(0, 8)}
              </a>
            ))}
          </Fact>
        )}
      </dl>
    </article>
  );
}
