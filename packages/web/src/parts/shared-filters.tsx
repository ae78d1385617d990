// Service, environment and time range: they hold for every page and go along from one to the next.

import { useApi } from '../data/api.ts';
import { DEFAULT_SINCE, usePage } from '../data/page.ts';
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
  return (
    <>
      <Select
        label="Service"
        value={query.service ?? ''}
        options={[{ value: '', text: 'All services' }, ...names.map((name) => ({ value: name, text: name }))]}
        onChange={(service) => change({ service })}
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
      <Select
        label="Time"
        value={query.since || DEFAULT_SINCE}
        options={RANGES}
        onChange={(since) => change({ since: since === DEFAULT_SINCE ? '' : since, until: '' })}
      />
    </>
  );
}
