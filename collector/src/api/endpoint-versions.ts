/** Versions that answered an endpoint in a window, the newest first, with when each was first seen in its service. */
import type { Store } from '../store/store.ts';
import { endpointSeries } from './endpoint-series.ts';
import { isoMoment } from './moment.ts';
import type { ListParameters } from './parameters.ts';
import { rowFilter } from './row-filter.ts';
import type { EndpointVersion, List } from './types.ts';

interface Row {
  readonly of_version: string;
  readonly first_seconds: number;
  readonly last_seconds: number;
}

export async function endpointVersions(
  store: Store,
  parameters: ListParameters,
  nowMs: number,
): Promise<List<EndpointVersion>> {
  const { service, environment } = parameters;
  const filter = rowFilter({ service, environment });
  const [numbers, rows] = await Promise.all([
    endpointSeries(store, { ...parameters, by: 'version' }, nowMs),
    store.query<Row>(
      `SELECT version AS of_version, toUInt64(toUnixTimestamp(min(minute))) AS first_seconds,
         toUInt64(toUnixTimestamp(max(minute))) AS last_seconds
       FROM endpoint_minutely
       WHERE ${filter.sql}
       GROUP BY of_version`,
      filter.params,
    ),
  ]);
  const seen = new Map(rows.map((row) => [row.of_version, row]));
  const earliest = Math.min(...rows.map(({ first_seconds }) => first_seconds));
  const items = numbers.items.map(({ time: _, version, ...own }): EndpointVersion => {
    const { first_seconds = 0, last_seconds = 0 } = seen.get(version ?? '') ?? {};
    return {
      version: version ?? '',
      firstSeen: isoMoment(first_seconds * 1000),
      lastSeen: isoMoment(last_seconds * 1000),
      deploy: version !== '' && first_seconds > earliest,
      ...own,
    };
  });
  return { items: items.sort((a, b) => (a.firstSeen < b.firstSeen ? 1 : -1)), nextCursor: null };
}
