// Whether all that the pages need arrives, and what to do where it does not: the judgements of `profiler doctor`. While
// nothing arrives: how to make an app report.

import type { RefusedRequest, Setup, SetupCheck } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { REFRESH_INTERVAL_MS } from '../data/live.ts';
import { usePage } from '../data/page.ts';
import { counted } from '../format/count.ts';
import { languages } from '../format/setup-lines.ts';
import { Answer } from '../parts/answer.tsx';
import { Badge, type Tone } from '../parts/badge.tsx';
import { CopyLine } from '../parts/copy-line.tsx';
import { startLine } from '../parts/empty-cause.ts';
import { Moment } from '../parts/moment.tsx';

const RESULTS: Record<SetupCheck['result'], { tone: Tone; text: string }> = {
  pass: { tone: 'good', text: '✓ pass' },
  warn: { tone: 'warning', text: '! warn' },
  fail: { tone: 'critical', text: '✕ fail' },
};
/** The checks read the spans of a day: often while one waits for the first, and once a minute from then on. */
const CHECK_INTERVAL_MS = 60_000;

export function SetupPage() {
  const { query } = usePage('Setup');
  const setup = useApi('/api/v1/setup', { service: query.service, environment: query.environment }, (data) =>
    data.services.length === 0 ? REFRESH_INTERVAL_MS : CHECK_INTERVAL_MS,
  );
  return (
    <>
      <div class="page-head">
        <h1>Setup</h1>
      </div>
      <Answer from={setup} isEmpty={() => false} empty={null}>
        {(data) => (
          <>
            <FirstSpan setup={data} />
            <h2>Checks</h2>
            <ul class="checks">
              {data.items.map((check) => (
                <Check key={check.name} check={check} />
              ))}
            </ul>
            <LastRefused refused={data.lastRefused} />
          </>
        )}
      </Answer>
      <h2>Make an app report</h2>
      <Languages />
    </>
  );
}

function FirstSpan(props: { setup: Setup }) {
  const { services } = props.setup;
  const newest = useApi('/api/v1/status', {}).data?.storage.newestSpan;
  const waits = services.length === 0;
  return (
    <p class={`first-span ${waits ? 'first-span-waits' : 'first-span-came'}`} role="status">
      {waits ? (
        <>
          <span class="first-span-mark" aria-hidden="true">
            …
          </span>
          <span>
            <strong>Waiting for the first span.</strong> This turns green by itself.
          </span>
        </>
      ) : (
        <>
          <span class="first-span-mark" aria-hidden="true">
            ✓
          </span>
          <span>
            <strong>Spans arrive</strong> from {services.slice(0, 10).join(', ')}
            {services.length > 10 && ` and ${counted(services.length - 10, 'more service')}`}
            {newest && (
              <>
                ; the newest began <Moment iso={newest} as="ago" />
              </>
            )}
            .
          </span>
        </>
      )}
    </p>
  );
}

function Check(props: { check: SetupCheck }) {
  const { name, result, message, fix } = props.check;
  return (
    <li class="check">
      <Badge tone={RESULTS[result].tone}>{RESULTS[result].text}</Badge>
      <div>
        <strong>{name}</strong>: {message}
        {fix && <p class="check-fix">{fix}</p>}
      </div>
    </li>
  );
}

function LastRefused(props: { refused: RefusedRequest | null }) {
  const { refused } = props;
  if (refused === null) return null;
  return (
    <section class="notice refused">
      <h2>The last request that was refused</h2>
      <p>
        <code>POST {refused.path}</code> was answered with <strong>{refused.status}</strong>,{' '}
        <Moment iso={refused.at} as="ago" />: {refused.message}
      </p>
      <dl class="pairs">
        {[
          ['Content type', refused.contentType || 'none'],
          ['Sent by', refused.userAgent || 'does not say'],
          ['Bytes', refused.bytes === null ? 'does not say' : String(refused.bytes)],
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Languages() {
  const page = usePage();
  const all = languages(location.origin, startLine(location.origin));
  const shown = all.find(({ id }) => id === page.query.language) ?? all[0]!;
  return (
    <>
      <nav class="languages" aria-label="Languages">
        {all.map(({ id, title }) => (
          <a
            key={id}
            class="button"
            href={page.with({ language: id })}
            aria-current={id === shown.id ? 'true' : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <ol class="steps">
        {shown.steps.map(({ says, lines }) => (
          <li key={lines}>
            <p>{says}</p>
            <CopyLine text={lines} label={says} />
          </li>
        ))}
      </ol>
      <p class="quiet">
        Then send the app a request. What is lost without an attribute: routes without <code>http.route</code>, queries
        and N+1 without <code>db.query.text</code>, blame for a regression without <code>service.version</code>.
      </p>
    </>
  );
}
