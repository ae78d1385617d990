// An empty page names its cause and the next step. The collector's status tells the causes apart.

import type { ComponentChildren } from 'preact';
import { address } from '../data/address.ts';
import { useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { counted } from '../format/count.ts';
import { CopyLine } from './copy-line.tsx';
import { emptyCause, startLine } from './empty-cause.ts';
import { Moment } from './moment.tsx';

/** `none` is what the page has none of; `children` what that means when requests did arrive. */
export function Nothing(props: { none: string; children?: ComponentChildren }) {
  const page = usePage();
  const status = useApi('/api/v1/status', {}).data;
  if (status === undefined) return <p class="loading">Loading…</p>;
  const { storage } = status;
  const cause = emptyCause(storage);
  if (cause === 'no-spans') return <NoSpans />;
  if (cause === 'no-requests') {
    return (
      <section class="notice">
        <h2>No request yet</h2>
        <p>
          {counted(storage.spans, 'span is', 'spans are')} stored, but none opens a request: a request is a span of kind
          SERVER. Instrument the app's HTTP framework, or start it with this line:
        </p>
        <CopyLine text={startLine(location.origin)} label="start the app" />
      </section>
    );
  }
  const own = Object.entries(page.query).filter(([key, value]) => value !== '' && key !== 'since' && key !== 'sort');
  return (
    <section class="notice">
      <h2>{props.none}</h2>
      {own.length > 0 ? (
        <p>
          Nothing in this time range matches {own.map(([key, value]) => `${key} = ${value}`).join(', ')}.{' '}
          <a href={address(page.path, page.query.since ? { since: page.query.since } : {})}>Clear the filters</a>
        </p>
      ) : (
        props.children
      )}
      <p>
        {storage.newestSpan ? (
          <>
            The newest span arrived <Moment iso={storage.newestSpan} as="ago" />.{' '}
          </>
        ) : null}
        {page.query.since !== '7d' && <a href={page.with({ since: '7d', until: '' })}>Look at the last 7 days</a>}
      </p>
    </section>
  );
}

function NoSpans() {
  return (
    <section class="notice">
      <h2>Waiting for the first span</h2>
      <p>
        The collector at <code>{location.origin}</code> runs and has received nothing yet. Start a Node.js app with:
      </p>
      <CopyLine text={startLine(location.origin)} label="start the app" />
      <p>An app in any language that already has OpenTelemetry only needs the address:</p>
      <CopyLine text={`export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`} label="the collector's address" />
      <p>
        Then send it a request. This page fills by itself. <a href="/setup">Setup</a> has the lines for other languages,
        and says what was refused.
      </p>
    </section>
  );
}
