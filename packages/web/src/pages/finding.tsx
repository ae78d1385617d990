// One finding: what it is, on which days and in which versions it was seen, and what a person decided about it.

import type { FindingDay, FindingDetail, FindingState, FindingVersion } from '@profiler/collector/api-types';
import { useRoute } from 'preact-iso';
import { queryPath } from '../data/address.ts';
import { useOne } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { count } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { findingMarkdown } from '../format/markdown.ts';
import { prettySql } from '../format/sql.ts';
import { Answer } from '../parts/answer.tsx';
import { Badge } from '../parts/badge.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { useDecision } from '../parts/decision.tsx';
import { FindingCard, TYPES } from '../parts/finding-card.tsx';
import { Moment } from '../parts/moment.tsx';

const DECISIONS: readonly { state: FindingState; verb: string; hint: string }[] = [
  { state: 'acknowledged', verb: 'Acknowledge', hint: 'Somebody works on it' },
  { state: 'ignored', verb: 'Ignore', hint: 'It is meant to be so' },
  { state: 'resolved', verb: 'Resolve', hint: 'It is fixed; seen again, it opens again' },
  { state: 'open', verb: 'Reopen', hint: 'It wants a decision again' },
];

export function FindingPage() {
  const { params } = useRoute();
  const detail = useOne('/api/v1/findings/:key', params.key ?? '', {});
  usePage('Finding');
  const [decide, said] = useDecision(detail.refresh);
  return (
    <>
      {said}
      <Answer from={detail} isEmpty={() => false} empty={null}>
        {(finding) => <FindingView finding={finding} onState={(state) => decide(finding, state)} />}
      </Answer>
    </>
  );
}

function FindingView(props: { finding: FindingDetail; onState: (state: FindingState) => void }) {
  const { finding, onState } = props;
  const { to } = usePage();
  const type = TYPES[finding.type] ?? finding.type;
  const hasQuery = finding.query !== '' && /[1-9a-f]/.test(finding.fingerprint) && finding.type !== 'n_plus_one_http';
  return (
    <>
      <div class="page-head">
        <h1>Finding</h1>
        <div class="actions">
          {DECISIONS.filter(({ state }) => state !== finding.state).map(({ state, verb, hint }) => (
            <button key={state} type="button" class="button" title={hint} onClick={() => onState(state)}>
              {verb}
            </button>
          ))}
        </div>
      </div>
      <FindingCard finding={finding} onState={onState} />
      <div class="actions">
        <CopyButton what="Markdown" text={() => findingMarkdown(finding, type, location.href)} />
        {hasQuery && <CopyButton what="SQL" text={() => prettySql(finding.query)} />}
        {hasQuery && (
          <a class="button" href={to(queryPath(finding))}>
            Where else this query runs
          </a>
        )}
      </div>
      <h2>Versions</h2>
      <DataTable
        caption="Versions of the endpoint, in the order in which they came"
        columns={versionColumns(finding)}
        rows={finding.versions}
        rowKey={(row) => row.version}
      />
      <h2>Days</h2>
      <DataTable
        caption="Days on which it was seen, the latest first"
        columns={dayColumns(Math.max(1, ...finding.days.map(({ occurrences }) => occurrences)))}
        rows={[...finding.days].reverse().slice(0, DAYS_SHOWN)}
        rowKey={(row) => row.time}
      />
      {finding.days.length > DAYS_SHOWN && (
        <p class="quiet after">
          Seen on {count(finding.days.length)} days; these are the latest {DAYS_SHOWN}.
        </p>
      )}
    </>
  );
}

const DAYS_SHOWN = 31;

function versionColumns(finding: FindingDetail): Column<FindingVersion>[] {
  return [
    {
      title: 'Version',
      name: true,
      cell: (row) => (
        <>
          {row.version || <span class="quiet">not sent</span>}{' '}
          {row.version !== '' && row.version === finding.firstVersion && <Badge tone="warning">began here</Badge>}
          {row.version !== '' && row.version === finding.fixedVersion && <Badge tone="good">gone</Badge>}
        </>
      ),
    },
    { title: 'Requests', hint: 'Of the last 14 days', numeric: true, cell: (row) => count(row.requests) },
    { title: 'Showed it', numeric: true, cell: (row) => count(row.occurrences) },
    { title: 'First seen', numeric: true, cell: (row) => (row.firstSeen ? <Moment iso={row.firstSeen} /> : 'never') },
    { title: 'Last seen', numeric: true, cell: (row) => (row.lastSeen ? <Moment iso={row.lastSeen} /> : 'never') },
  ];
}

function dayColumns(most: number): Column<FindingDay>[] {
  return [
    { title: 'Day', name: true, cell: (row) => <time dateTime={row.time}>{row.time.slice(0, 10)}</time> },
    {
      title: 'Requests that showed it',
      numeric: true,
      cell: (row) => (
        <span class="impact">
          <span class="impact-bar" aria-hidden="true">
            <span style={{ width: `${(100 * row.occurrences) / most}%` }} />
          </span>
          <span class="impact-figure">{count(row.occurrences)}</span>
        </span>
      ),
    },
    { title: 'A fix would have saved', numeric: true, cell: (row) => duration(row.savedMs) },
  ];
}
