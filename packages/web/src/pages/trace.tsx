// One trace: what happened in a request, in order, with loops folded.

import type { Trace, TraceQuery } from '@profiler/collector/api-types';
import { useRoute } from 'preact-iso';
import { endpointPath, queryPath } from '../data/address.ts';
import { useTrace } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { useSlowFromMs } from '../data/settings.ts';
import { count, counted } from '../format/count.ts';
import { asCurl } from '../format/curl.ts';
import { duration } from '../format/duration.ts';
import { traceMarkdown } from '../format/markdown.ts';
import { Answer } from '../parts/answer.tsx';
import { Badge } from '../parts/badge.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { Moment } from '../parts/moment.tsx';
import { ResponseTime } from '../parts/pace-mark.tsx';
import { StatusCode } from '../parts/request-table.tsx';
import { scrolled } from '../parts/scrolled.ts';
import { countSpans, entryOf } from '../waterfall/spans.ts';
import { Waterfall } from '../waterfall/waterfall.tsx';

export function TracePage() {
  const { params } = useRoute();
  const id = params.id ?? '';
  const trace = useTrace(id);
  usePage(`Trace ${id.slice(0, 8)}`);
  return (
    <Answer from={trace} isEmpty={(data) => data.spans.length === 0} empty={<Gone id={id} />}>
      {(data) => <TraceView key={data.traceId} trace={data} />}
    </Answer>
  );
}

function Gone(props: { id: string }) {
  return (
    <section class="notice">
      <h1>No such trace</h1>
      <p>
        Nothing is stored of <code>{props.id}</code>. Raw spans are kept for a week; its figures stay in the summaries.
      </p>
    </section>
  );
}

function TraceView(props: { trace: Trace }) {
  const { trace } = props;
  const { to, query } = usePage();
  const slowFromMs = useSlowFromMs();
  const entry = entryOf(trace.spans, query.span) ?? trace.spans[0]!;
  const calls = trace.queries.reduce((sum, { calls }) => sum + calls, 0);
  const held = countSpans(trace.spans);
  return (
    <>
      <div class="page-head trace-head">
        <h1>
          {entry.entry ? (
            <EndpointName method={entry.method} route={entry.route} href={to(endpointPath(entry))} />
          ) : (
            entry.name
          )}
        </h1>
        <dl class="facts">
          <div>
            <dt>Response time</dt>
            <dd>
              <ResponseTime ms={entry.durationMs} slowFromMs={slowFromMs} />
            </dd>
          </div>
          {entry.entry && (
            <div>
              <dt>Status</dt>
              <dd>
                <StatusCode code={entry.statusCode} error={entry.status === 'error'} />
              </dd>
            </div>
          )}
          <div>
            <dt>Queries</dt>
            <dd>{count(calls)}</dd>
          </div>
          <div>
            <dt>Services</dt>
            <dd {...scrolled(trace.services.join())}>{trace.services.join(', ')}</dd>
          </div>
          <div>
            <dt>Path</dt>
            <dd {...scrolled(entry.path)}>
              <code>{entry.path || '–'}</code>
            </dd>
          </div>
          <div>
            <dt>Started</dt>
            <dd>
              <Moment iso={trace.startedAt} />
            </dd>
          </div>
          <div>
            <dt>Trace id</dt>
            <dd>
              <code>{trace.traceId}</code>
            </dd>
          </div>
        </dl>
        <div class="actions">
          {entry.entry && entry.method && <CopyButton what="curl" text={() => asCurl(entry)} />}
          <CopyButton what="Markdown" text={() => traceMarkdown(trace, entry, location.href)} />
        </div>
      </div>
      {held < trace.spanCount && (
        <p class="said">
          The first {count(held)} of {counted(trace.spanCount, 'span')} are shown.
        </p>
      )}
      {entry.attributes['profiler.sampled'] === 'false' && (
        <p class="said">This request was not sampled: its spans stayed in the app, its figures are complete.</p>
      )}
      <h2>Spans</h2>
      <Waterfall trace={trace} />
      {trace.queries.length > 0 && (
        <>
          <h2>Queries</h2>
          <DataTable
            caption="Queries of this trace, the costliest first"
            columns={queryColumns(to)}
            rows={[...trace.queries].sort((a, b) => b.totalMs - a.totalMs)}
            rowKey={(row) => `${row.entrySpanId} ${row.fingerprint} ${row.loopPath}`}
          />
        </>
      )}
    </>
  );
}

const queryColumns = (to: PageAddress['to']): readonly Column<TraceQuery>[] => [
  {
    title: 'Query',
    name: true,
    cell: (row) => (
      <>
        <a class="query-link" href={to(queryPath(row))}>
          <code class="query-line">{row.text}</code>
        </a>
        <span class="under">
          {row.nPlusOne && <Badge tone="warning">N+1 ×{row.calls}</Badge>}
          {row.loopPath && <span>in {row.loopPath}</span>}
          {row.callSite && <code class="call-site">{row.callSite}</code>}
        </span>
      </>
    ),
  },
  { title: 'System', cell: (row) => row.system },
  { title: 'Calls', numeric: true, cell: (row) => count(row.calls) },
  { title: 'Together', numeric: true, cell: (row) => duration(row.totalMs) },
  { title: 'Longest', numeric: true, cell: (row) => duration(row.maxMs) },
];
