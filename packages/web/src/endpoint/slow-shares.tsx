// What the slowest tenth of the requests share that the others do not.

import type { AttributeShare } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { count, percent } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import type { EndpointRange } from './endpoint-range.ts';

/** A sample of spans with all their attributes. */
const REFRESH_MS = 60_000;

export function SlowShares({ of }: { of: EndpointRange }) {
  const shares = useApi('/api/v1/endpoints/slow-attributes', of, REFRESH_MS).data;
  if (shares === undefined || shares.slowRequests === 0) return null;
  const { items, slowFromMs, slowRequests, otherRequests } = shares;
  return (
    <section class="panel">
      <h2>What the slowest 10 % share</h2>
      <p class="quiet">
        {count(slowRequests)} requests of {duration(slowFromMs)} and more, against {count(otherRequests)} others, drawn
        by chance.
      </p>
      {items.length === 0 ? (
        <p>No attribute tells them apart by more than chance.</p>
      ) : (
        <table class="figures shares">
          <caption class="unseen">Attributes by the difference of their shares</caption>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col">Slowest</th>
              <th scope="col">Others</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.attribute}>
                <th scope="row">
                  <span class="quiet">{item.attribute}</span> <code>{item.value}</code>
                </th>
                <td title={`${item.slowCount} of ${slowRequests}`}>
                  <Share of={item} share={item.slowShare} />
                </td>
                <td title={`${item.otherCount} of ${otherRequests}`}>
                  <Share of={item} share={item.otherShare} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Share({ share }: { of: AttributeShare; share: number }) {
  return (
    <span class="share">
      <span class="impact-bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      {percent(share)}
    </span>
  );
}
