// Service, environment and time range: they hold for every page and go along from one to the next.

import { useApi } from '../data/api.ts';
import { DEFAULT_SINCE, usePage } from '../data/page.ts';
import { isZoomed, timeAxis } from '../data/time-axis.ts';
import { moment } from '../format/moment.ts';
import { Select } from './select.tsx';

const RANGES = [
  { value: '24h', text: 'Last 24 hours' },
  { value: '15m', text: 'Last 15 minutes' },
  { value: '1h', text: 'Last hour' },
  { value: '6h', text: 'Last 6 hours' },
  { value: '7d', text: 'Last 7 days' },
  { value: '30d', text: 'Last 30 days' },
];

export function SharedFilters() {
  const { query, change, narrowed } = usePage();
  const services = useApi('/api/v1/services', { since: narrowed.since, until: narrowed.until, limit: '200' }).data
    ?.items;
  const names = (services ?? []).map(({ service }) => service).sort();
  const environments = [...new Set((services ?? []).flatMap((service) => service.environments))].filter(Boolean).sort();
  // Versions are of one service: those of another are no choice.
  const versions = (services ?? [])
    .filter(({ service }) => service === query.service)
    .flatMap((service) => service.versions.map(({ version }) => version))
    .filter(Boolean);
  const zoomed = isZoomed(narrowed) ? [{ value: narrowed.since, text: zoomText(narrowed, new Date()) }] : [];
  return (
    <>
      <Select
        label="Service"
        value={query.service ?? ''}
        options={[{ value: '', text: 'All services' }, ...names.map((name) => ({ value: name, text: name }))]}
        onChange={(service) => change({ service, version: '' })}
      />
      {(environments.length > 1 || query.environment) && (
        <Select
          label="Environment"
          value={query.environment ?? ''}
          options={[
            { value: '', text: 'All environments' },
            ...environments.map((name) => ({ value: name, text: name })),
          ]}
          onChange={(environment) => change({ environment })}
        />
      )}
      {(versions.length > 1 || query.version) && (
        <Select
          label="Version"
          value={query.version ?? ''}
          options={[{ value: '', text: 'All versions' }, ...versions.map((name) => ({ value: name, text: name }))]}
          onChange={(version) => change({ version })}
        />
      )}
      <Select
        label="Time"
        value={query.since || DEFAULT_SINCE}
        options={[...RANGES, ...zoomed]}
        onChange={(since) => change({ since: since === DEFAULT_SINCE ? '' : since, until: '' })}
      />
    </>
  );
}

/** What a chart was zoomed to. */
function zoomText(range: { since: string; until?: string }, now: Date): string {
  const { fromSeconds, toSeconds } = timeAxis(range, now.getTime());
  const shown = (seconds: number) => moment(new Date(seconds * 1000).toISOString(), now).slice(0, -3);
  return `${shown(fromSeconds)} to ${range.until ? shown(toSeconds) : 'now'}`;
}
