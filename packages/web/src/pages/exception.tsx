// One exception: since when, how often, in which endpoints and versions, and the stack of the latest.

import type { ExceptionDetail, ExceptionExample } from '@profiler/collector/api-types';
import { useRoute } from 'preact-iso';
import { endpointPath } from '../data/address.ts';
import { useOne } from '../data/api.ts';
import { type PageAddress, usePage } from '../data/page.ts';
import { withZeros } from '../data/with-zeros.ts';
import { count } from '../format/count.ts';
import { splitEndpoint } from '../format/endpoint.ts';
import { exceptionMarkdown } from '../format/markdown.ts';
import { rangeMomentMs } from '../format/time-range.ts';
import { Answer } from '../parts/answer.tsx';
import { Chart } from '../parts/chart.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { Fact } from '../parts/fact.tsx';
import { Moment } from '../parts/moment.tsx';
import { scrolled } from '../parts/scrolled.ts';

export function ExceptionPage() {
  const { params } = useRoute();
  const page = usePage('Exception');
  const detail = useOne('/api/v1/exceptions/:key', params.key ?? '', page.narrowed);
  return (
    <Answer from={detail} isEmpty={() => false} empty={null}>
      {(data) => <ExceptionView exception={data} page={page} />}
    </Answer>
  );
}

function ExceptionView(props: { exception: ExceptionDetail; page: PageAddress }) {
  const { exception, page } = props;
  return (
    <>
      <div class="page-head">
        <h1 class="long" {...scrolled(exception.type)}>
          {exception.type || 'Exception without a type'}
        </h1>
        <span class="quiet">{exception.service}</span>
      </div>
      <p class="message" {...scrolled(exception.message)}>
        {exception.message}
      </p>
      <dl class="facts">
        <Fact name="Times">{count(exception.count)}</Fact>
        <Fact name="First seen">
          <Moment iso={exception.firstSeen} />
        </Fact>
        <Fact name="Last seen">
          <Moment iso={exception.lastSeen} />
        </Fact>
        <Fact name="Versions">
          {exception.versions
            .map(({ version, count: times }) => `${version || 'not sent'} (${count(times)})`)
            .join(', ')}
        </Fact>
      </dl>
      <div class="actions">
        <CopyButton what="Markdown" text={() => exceptionMarkdown(exception, location.href)} />
      </div>
      {exception.stack && (
        <section class="stack" aria-label="Stack of the latest">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long stack scrolls, and must do so by keyboard too. */}
          <pre tabIndex={0}>{exception.stack}</pre>
        </section>
      )}
      <h2>How often</h2>
      <Trend exception={exception} range={page.narrowed} />
      <h2>Endpoints</h2>
      <DataTable
        caption="Endpoints that threw it, the most first"
        columns={endpointColumns(page, exception.service)}
        rows={exception.endpoints}
        rowKey={(row) => row.endpoint}
      />
      {exception.examples.length > 0 && (
        <>
          <h2>Latest requests</h2>
          <DataTable
            caption="Latest requests that threw it"
            columns={exampleColumns(page)}
            rows={exception.examples}
            rowKey={(row) => `${row.traceId} ${row.at}`}
          />
        </>
      )}
    </>
  );
}

function Trend(props: { exception: ExceptionDetail; range: PageAddress['narrowed'] }) {
  const { series, stepMinutes, type } = props.exception;
  const { since, until } = props.range;
  const nowMs = Date.now();
  const fromSeconds = rangeMomentMs(since, nowMs) / 1000;
  const toSeconds = (until ? rangeMomentMs(until, nowMs) : nowMs) / 1000;
  const { timesSeconds, counts } = withZeros(series, stepMinutes, fromSeconds, toSeconds);
  return (
    <Chart
      label={`How often ${type} was thrown, every ${stepMinutes} min`}
      timesSeconds={timesSeconds}
      lines={[{ title: `times in ${stepMinutes} min`, colour: '--slow', values: counts }]}
      format={(times) => (Number.isInteger(times) ? count(times) : '')}
      fromSeconds={fromSeconds}
      toSeconds={toSeconds}
    />
  );
}

function endpointColumns(page: PageAddress, service: string): Column<ExceptionDetail['endpoints'][number]>[] {
  return [
    {
      title: 'Endpoint',
      name: true,
      cell: (row) =>
        row.endpoint ? (
          <EndpointName
            {...splitEndpoint(row.endpoint)}
            href={page.to(endpointPath({ service, ...splitEndpoint(row.endpoint) }))}
          />
        ) : (
          <span class="quiet">outside a request</span>
        ),
    },
    { title: 'Times', numeric: true, cell: (row) => count(row.count) },
    { title: 'Last seen', numeric: true, cell: (row) => <Moment iso={row.lastSeen} /> },
  ];
}

function exampleColumns(page: PageAddress): Column<ExceptionExample>[] {
  return [
    {
      title: 'Request',
      name: true,
      cell: (row) => (
        <>
          <EndpointName
            {...splitEndpoint(row.endpoint || 'Trace')}
            href={page.to(`/traces/${row.traceId}`)}
            title={row.traceId}
          />
          <span class="under">
            <span class="exception">{row.message}</span>
          </span>
        </>
      ),
    },
    { title: 'Version', cell: (row) => row.version || <span class="quiet">not sent</span> },
    { title: 'At', numeric: true, cell: (row) => <Moment iso={row.at} /> },
  ];
}
