// One endpoint, on one screen: what is wrong with it, since when, where its time goes, by which query and line, and which
// requests show it.

import type { EndpointSeries, Finding, FindingState } from '@profiler/collector/api-types';
import { useRoute } from 'preact-iso';
import { setFindingState, useApi } from '../data/api.ts';
import { usePage } from '../data/page.ts';
import { useSlowFromMs } from '../data/settings.ts';
import { Breakdown } from '../endpoint/breakdown.tsx';
import type { EndpointRange } from '../endpoint/endpoint-range.ts';
import { Heatmap } from '../endpoint/heatmap.tsx';
import { OverTime } from '../endpoint/over-time.tsx';
import { Queries } from '../endpoint/queries.tsx';
import { Samples } from '../endpoint/samples.tsx';
import { SlowShares } from '../endpoint/slow-shares.tsx';
import { Verdict } from '../endpoint/verdict.tsx';
import { Versions } from '../endpoint/versions.tsx';
import { Answer } from '../parts/answer.tsx';
import { EndpointName } from '../parts/endpoint-name.tsx';
import { FindingCard } from '../parts/finding-card.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { RangeNote } from '../parts/range-note.tsx';

export function EndpointPage() {
  const { params } = useRoute();
  const part = (name: string) => (params[name] === '-' ? '' : (params[name] ?? ''));
  const [service, method, route] = [part('service'), part('method'), part('route')];
  const endpoint = `${method} ${route}`.trim();
  const page = usePage(endpoint);
  const of: EndpointRange = { ...page.narrowed, service, endpoint };
  const slowFromMs = useSlowFromMs();
  const series = useApi('/api/v1/endpoints/series', { ...of, by: 'time' });
  const versions = useApi('/api/v1/endpoints/versions', { ...of }).data?.items ?? [];
  return (
    <>
      <div class="page-head">
        <h1>
          <EndpointName method={method} route={route} />
        </h1>
        <span class="quiet">{service}</span>
        <RangeNote hasChart={series.data !== undefined && !hasNoRequest(series.data)} />
      </div>
      <Answer
        from={series}
        isEmpty={hasNoRequest}
        empty={<Nothing none="No request to this endpoint in this time range" />}
      >
        {(data) => (
          <>
            <Verdict of={of} />
            <div class="panels">
              <OverTime of={of} series={data} versions={versions} />
              <Heatmap of={of} />
              <Breakdown of={of} />
            </div>
            <Queries of={of} />
            {versions.length > 0 && <Versions endpoint={endpoint} versions={versions} slowFromMs={slowFromMs} />}
            <SlowShares of={of} />
            <Findings of={of} />
            <Samples of={of} />
          </>
        )}
      </Answer>
    </>
  );
}

function hasNoRequest(series: EndpointSeries): boolean {
  return series.items.every(({ requests }) => requests === 0);
}

function Findings({ of }: { of: EndpointRange }) {
  const findings = useApi('/api/v1/findings', { ...of, state: 'open,acknowledged', limit: '20' });
  const decide = async (finding: Finding, state: FindingState) => {
    await setFindingState(finding.key, state).catch(() => {});
    findings.refresh();
  };
  const items = findings.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <>
      <h2>Findings</h2>
      {items.map((finding) => (
        <FindingCard key={finding.key} finding={finding} onState={(state) => decide(finding, state)} />
      ))}
    </>
  );
}
