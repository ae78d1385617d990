// The four things that a page can have to show: nothing yet, a failure, an empty list, and rows.

import type { ComponentChildren } from 'preact';
import type { RequestFailure } from '../data/request.ts';
import type { Resource } from '../data/resource.ts';

export function Answer<T>(props: {
  from: Resource<T>;
  isEmpty: (data: T) => boolean;
  empty: ComponentChildren;
  children: (data: T) => ComponentChildren;
}) {
  const { data, failure, stale } = props.from;
  // What is shown stays when its refresh fails. Of a collector that is away the line under the header tells.
  if (data !== undefined && !(stale && failure)) {
    return (
      <>
        {failure && failure.reason !== 'unreachable' && <NotRefreshed failure={failure} />}
        <div class={stale ? 'stale' : undefined}>
          {props.isEmpty(data) && !stale ? props.empty : props.children(data)}
        </div>
      </>
    );
  }
  return failure ? <Failed failure={failure} /> : <Loading />;
}

function Loading() {
  return (
    <p class="loading" role="status">
      Loading…
    </p>
  );
}

function NotRefreshed(props: { failure: RequestFailure }) {
  return (
    <p class="not-refreshed" role="alert">
      <strong>Not refreshed</strong>: {props.failure.message}. What you see is from before.
    </p>
  );
}

function Failed(props: { failure: RequestFailure }) {
  const { reason, status, message } = props.failure;
  if (reason === 'unreachable') {
    return (
      <section class="notice" role="alert">
        <h2>The collector does not answer</h2>
        <p>
          Nothing came from <code>{location.origin}</code>. It may be starting, or it has stopped. Start it with{' '}
          <code>profiler start</code>; this page fills by itself when it is back.
        </p>
      </section>
    );
  }
  if (reason === 'refused') {
    return (
      <section class="notice" role="alert">
        <h2>The collector refuses this browser</h2>
        <p>{message}</p>
        <p>It answers on its own host name only, and asks for a token when it was started with one.</p>
      </section>
    );
  }
  return (
    <section class="notice" role="alert">
      <h2>{status === 404 ? 'Not found' : 'The collector could not answer'}</h2>
      <p class="pre">{message}</p>
      <p>
        {status === 400 ? (
          <a href={location.pathname}>Show the page without filters</a>
        ) : (
          <>
            The collector's log says why; <code>profiler doctor</code> checks what it needs.
          </>
        )}
      </p>
    </section>
  );
}
