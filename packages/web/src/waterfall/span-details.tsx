import type { TraceLog, TraceQuery } from '@profiler/collector/api-types';
import { queryPath } from '../data/address.ts';
import { usePage } from '../data/page.ts';
import { count, counted } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { QueryText } from '../parts/query-text.tsx';
import { scrolled } from '../parts/scrolled.ts';
import type { FoldedRow } from './fold.ts';

/** All that is known of a span; of a folded row, what its spans share and how they differ in time. */
export function SpanDetails(props: { row: FoldedRow; query: TraceQuery | undefined; logs: readonly TraceLog[] }) {
  const { row, query, logs } = props;
  const { to } = usePage();
  const span = row.spans[0]!;
  const times = row.spans.map(({ durationMs }) => durationMs);
  const facts: [string, string][] = [
    ['Service', span.version ? `${span.service} ${span.version}` : span.service],
    ['Kind', span.kind],
    ['Started', `${duration(span.offsetMs)} into the trace`],
    row.spans.length > 1
      ? [
          'Time',
          `${duration(row.totalMs)} in ${counted(times.length, 'span')}, ${duration(Math.min(...times))} to ${duration(Math.max(...times))} each`,
        ]
      : ['Time', duration(span.durationMs)],
    ['Line', query?.callSite ?? ''],
    ['Distinct values', query?.distinctValues == null ? '' : count(query.distinctValues)],
    ['Status', span.status === 'unset' ? '' : `${span.status} ${span.statusMessage}`.trim()],
    ['Instrumentation', span.scope],
    ['Span id', row.spans.length > 1 ? `${span.spanId}, the first` : span.spanId],
  ];
  const attributes = Object.entries(span.attributes);
  return (
    <div class="span-details">
      {span.queryText && <QueryText text={span.queryText} system={span.dbSystem} copy />}
      {span.fingerprint && (
        <p>
          <a class="button" href={to(queryPath(span))}>
            Where else this query runs
          </a>
        </p>
      )}
      {span.exceptionType && (
        <section class="stack">
          <h3 {...scrolled(span.exceptionType + span.exceptionMessage)}>
            {span.exceptionType}: {span.exceptionMessage}
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long stack scrolls, and must do so by keyboard too. */}
          {span.exceptionStacktrace && <pre tabIndex={0}>{span.exceptionStacktrace}</pre>}
        </section>
      )}
      {logs.map((log, at) => (
        <section key={at} class="stack">
          <h3 {...scrolled(log.exceptionType + log.exceptionMessage)}>
            Log: {log.exceptionType}: {log.exceptionMessage}
          </h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long stack scrolls, and must do so by keyboard too. */}
          {log.exceptionStacktrace && <pre tabIndex={0}>{log.exceptionStacktrace}</pre>}
        </section>
      ))}
      <Pairs pairs={facts.filter(([, value]) => value !== '')} />
      {attributes.length > 0 && (
        <>
          <h3>Attributes</h3>
          <Pairs pairs={attributes} />
        </>
      )}
      {span.events.length > 0 && (
        <>
          <h3>Events</h3>
          {span.events.map((event, at) => (
            <Pairs key={at} pairs={[['event', event.name], ...Object.entries(event.attributes ?? {}).map(textPair)]} />
          ))}
        </>
      )}
    </div>
  );
}

const textPair = ([name, value]: [string, unknown]): [string, string] => [
  name,
  typeof value === 'string' ? value : JSON.stringify(value),
];

function Pairs(props: { pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl class="pairs">
      {props.pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd {...scrolled(value)}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
