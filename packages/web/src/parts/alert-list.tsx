// Above the list of endpoints: what is wrong now, a line each, and one click from the proof.

import type { Finding, Regression } from '@profiler/collector/api-types';
import { endpointPath } from '../data/address.ts';
import { alertsOf } from '../data/alerts.ts';
import { usePage } from '../data/page.ts';
import { counted } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { splitEndpoint } from '../format/endpoint.ts';
import { regressionChange, regressionStep } from '../format/regression-change.ts';
import { Badge, type Tone } from './badge.tsx';
import { EndpointName } from './endpoint-name.tsx';
import { TYPES } from './finding-card.tsx';

const SHOWN_MAX = 5;

/** Nothing at all when nothing is wrong. */
export function AlertList(props: { regressions: readonly Regression[]; findings: readonly Finding[] }) {
  const page = usePage();
  const alerts = alertsOf(props.regressions, props.findings);
  if (alerts.length === 0) return null;
  const more = alerts.length - SHOWN_MAX;
  return (
    <section class="alerts" aria-labelledby="alerts">
      <h2 id="alerts" class="unseen">
        Regressions and findings
      </h2>
      <ul>
        {alerts.slice(0, SHOWN_MAX).map((alert) => (
          <li key={`${alert.kind} ${alert.key}`} class="alert">
            {alert.kind === 'regression' ? <RegressionLine {...alert} /> : <FindingLine {...alert} />}
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p class="quiet">
          and {counted(more, 'more', 'more')}: <a href={page.to('/findings')}>findings</a>,{' '}
          <a href={page.to('/regressions', { state: 'firing' })}>regressions</a>
        </p>
      )}
    </section>
  );
}

function RegressionLine({ regression, cause }: { regression: Regression; cause: Finding | undefined }) {
  const { version, evidence, kind } = regression;
  const query = cause?.query ?? evidence?.newNPlusOnes[0] ?? evidence?.newQueries[0];
  return (
    <>
      <Badge tone="critical" title={regressionStep(regression)}>
        ▲ {regressionChange(regression)}
        {version ? ` since ${version}` : ''}
      </Badge>
      <AlertEndpoint service={regression.service} endpoint={regression.endpoint} />
      <span class="alert-what">
        {kind === 'response_time' && evidence
          ? `p95 ${duration(evidence.before.p95Ms)} → ${duration(evidence.since.p95Ms)}`
          : regressionStep(regression)}
      </span>
      {query && (
        <span class="alert-query">
          new: <code>{query}</code>
        </span>
      )}
      <Line callSite={cause?.callSite ?? ''} />
    </>
  );
}

const TONES: Record<Finding['severity'], Tone> = { critical: 'critical', warning: 'warning', info: 'info' };

function FindingLine({ finding }: { finding: Finding }) {
  const repeats = finding.type !== 'slow_query' && finding.repeatsMax > 1 ? ` ×${finding.repeatsMax}` : '';
  return (
    <>
      <Badge tone={TONES[finding.severity]} title={finding.summary}>
        {TYPES[finding.type] ?? finding.type}
        {repeats}
      </Badge>
      <AlertEndpoint service={finding.service} endpoint={finding.endpoint} />
      <span class="alert-what">{duration(finding.msPerRequest)} a request</span>
      {finding.query && (
        <span class="alert-query">
          <code>{finding.query}</code>
        </span>
      )}
      <Line callSite={finding.callSite} />
    </>
  );
}

/** The function is left to the proof. */
function Line({ callSite }: { callSite: string }) {
  if (callSite === '') return null;
  return (
    <span class="alert-line" title={callSite}>
      at <code>{callSite.replace(/ \(.*\)$/, '')}</code>
    </span>
  );
}

function AlertEndpoint(props: { service: string; endpoint: string }) {
  const page = usePage();
  const { method, route } = splitEndpoint(props.endpoint);
  return (
    <EndpointName
      method={method}
      route={route}
      href={page.to(endpointPath({ service: props.service, method, route }))}
      title={`${props.service}: ${props.endpoint}`}
    />
  );
}
