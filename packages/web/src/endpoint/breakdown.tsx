// Where the time of an average request goes.

import { useApi } from '../data/api.ts';
import { count, percent } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import type { EndpointRange } from './endpoint-range.ts';

const REFRESH_MS = 30_000;

export function Breakdown({ of }: { of: EndpointRange }) {
  const breakdown = useApi('/api/v1/endpoints/breakdown', of, REFRESH_MS).data;
  if (breakdown === undefined || breakdown.requests === 0) return <section class="panel" />;
  const { avgMs, databaseMs, httpMs, ownMs, sampledRequests } = breakdown;
  const parts = [
    { name: 'Database', look: 'database', ms: databaseMs },
    { name: 'Outgoing HTTP', look: 'http', ms: httpMs },
    { name: 'Own code and waiting', look: 'own', ms: ownMs },
  ];
  const whole = databaseMs + httpMs + ownMs;
  const share = (ms: number) => (whole > 0 ? ms / whole : 0);
  return (
    <section class="panel">
      <h2>Where the time goes</h2>
      <p class="breakdown-whole">
        <strong>{duration(avgMs)}</strong> <span class="quiet">an average request</span>
      </p>
      <div class="breakdown-bar" aria-hidden="true">
        {parts.map(({ look, ms }) => (
          <span key={look} class={`part-${look}`} style={{ width: `${share(ms) * 100}%` }} />
        ))}
      </div>
      <dl class="breakdown">
        {parts.map(({ name, look, ms }) => (
          <div key={look}>
            <dt>
              <span class={`swatch part-${look}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>
              <strong>{duration(ms)}</strong> <span class="quiet">{percent(share(ms))}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="quiet small">
        {whole > avgMs * 1.01 ? 'Calls run side by side and are added up. ' : ''}
        Outgoing HTTP is of {count(sampledRequests)} requests drawn by chance.
      </p>
    </section>
  );
}
