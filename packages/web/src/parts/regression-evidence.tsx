// What changed with a regression: numbers before and since, what it runs now that it did not, two requests to compare.

import type { Regression } from '@profiler/collector/api-types';
import { usePage } from '../data/page.ts';
import { count, counted, percent, perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';

type Evidence = NonNullable<Regression['evidence']>;

export function RegressionEvidence({ evidence }: { evidence: Evidence }) {
  const page = usePage();
  const { before, since, newQueries, newQueryCount, newNPlusOnes, newNPlusOneCount, z, zMin } = evidence;
  const rows: readonly (readonly [name: string, before: string, since: string])[] = [
    ['Requests', count(before.requests), count(since.requests)],
    ['Average', duration(before.avgMs), duration(since.avgMs)],
    ['p50', duration(before.p50Ms), duration(since.p50Ms)],
    ['p95', duration(before.p95Ms), duration(since.p95Ms)],
    ['p99', duration(before.p99Ms), duration(since.p99Ms)],
    ['Errors', percent(before.errorRate), percent(since.errorRate)],
    ['Queries a request', perRequest(before.queriesPerRequest), perRequest(since.queriesPerRequest)],
  ];
  return (
    <div class="evidence">
      <dl class="facts">
        {rows.map(([name, was, is]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {was} → <strong>{is}</strong>
            </dd>
          </div>
        ))}
      </dl>
      <dl class="facts evidence-facts">
        <Texts name="New N+1" texts={newNPlusOnes} total={newNPlusOneCount} />
        <Texts name="New queries" texts={newQueries} total={newQueryCount} />
        {z !== null && zMin !== null && (
          <div>
            <dt>Evidence against noise</dt>
            <dd>
              z {z.toFixed(1)} of {zMin.toFixed(1)} asked for, {counted(evidence.windows, 'window')} against{' '}
              {count(evidence.baselineWindows)}
            </dd>
          </div>
        )}
        {evidence.slowTraceId && (
          <div>
            <dt>Requests to compare</dt>
            <dd>
              <a class="trace-link" href={page.to(`/traces/${evidence.slowTraceId}`)}>
                slowest since
              </a>
              {evidence.ordinaryTraceId && (
                <a class="trace-link" href={page.to(`/traces/${evidence.ordinaryTraceId}`)}>
                  as before
                </a>
              )}
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function Texts(props: { name: string; texts: readonly string[]; total: number }) {
  const { name, texts, total } = props;
  if (total === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      {texts.map((text) => (
        <dd key={text}>
          <code class="query-line">{text}</code>
        </dd>
      ))}
      {total > texts.length && <dd class="quiet">and {count(total - texts.length)} more</dd>}
    </div>
  );
}
