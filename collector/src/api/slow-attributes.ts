/**
 * What the slowest tenth of an endpoint's requests share that the others do not, attribute by attribute, in a sample. The
 * attributes of the entry span and of its resource, and the columns that were lifted from them.
 */
import { attributeShares } from '@profiler/analysis';
import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import type { SlowAttributes } from './endpoint-types.ts';
import type { ListParameters } from './parameters.ts';
import { OF_SAMPLE, type SampledRequest, sampleParams, sampleRequests } from './request-sample.ts';

const REQUESTS_MAX = 2000;
/** Of the others, so many are looked at. */
const OTHERS_MAX = 400;
const SLOW_SHARE = 0.1;
const ITEMS_MAX = 12;

interface Row {
  readonly trace_id: string;
  readonly span_id: string;
  readonly version: string;
  readonly environment: string;
  readonly status_code: number;
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
}

const SQL = `
SELECT trace_id, span_id, version, environment, status_code, path, attributes, resource
FROM spans
WHERE ${OF_SAMPLE} AND entry = 1`;

export async function slowAttributes(store: Store, parameters: ListParameters, nowMs: number): Promise<SlowAttributes> {
  const sample = await sampleRequests(store, parameters, REQUESTS_MAX, nowMs);
  const byDuration = [...sample].sort((a, b) => b.ns - a.ns);
  const slow = byDuration.slice(0, Math.floor(sample.length * SLOW_SHARE));
  const slowest = new Set(slow);
  const others = sample.filter((request) => !slowest.has(request)).slice(0, OTHERS_MAX);
  const slowFromMs = milliseconds(slow.at(-1)?.ns ?? 0);
  if (slow.length === 0) return { slowFromMs, slowRequests: 0, otherRequests: others.length, items: [] };

  const rows = await store.query<Row>(SQL, sampleParams([...slow, ...others]));
  const found = new Map(rows.map((row) => [`${row.trace_id} ${row.span_id}`, labels(row)]));
  const labelsOf = (requests: readonly SampledRequest[]) =>
    requests.map(({ trace_id, span_id }) => found.get(`${trace_id} ${span_id}`)).filter((known) => known !== undefined);
  const [slowLabels, otherLabels] = [labelsOf(slow), labelsOf(others)];
  return {
    slowFromMs,
    slowRequests: slowLabels.length,
    otherRequests: otherLabels.length,
    items: attributeShares(slowLabels, otherLabels, ITEMS_MAX),
  };
}

/** What our span processor counted is shown elsewhere; what names the process alone is in every span of it. */
function labels(row: Row): Record<string, string> {
  const kept = Object.entries({ ...row.resource, ...row.attributes }).filter(
    ([key]) => !/^(profiler|telemetry)\./.test(key) && key !== 'process.pid',
  );
  return {
    ...Object.fromEntries(kept),
    'service.version': row.version,
    'deployment.environment.name': row.environment,
    'http.response.status_code': row.status_code === 0 ? '' : String(row.status_code),
    'url.path': row.path,
  };
}
