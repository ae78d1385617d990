/**
 * The lines that call an endpoint's queries. They are known of what repeats or was slow: of such a query there is evidence
 * for a finding, or a request of a sample tells.
 */
import { callSiteText } from '../detect/finding-summary.ts';
import type { Store } from '../store/store.ts';
import type { ListParameters } from './parameters.ts';
import { OF_SAMPLE, sampleParams, sampleRequests } from './request-sample.ts';
import { MINUTE_WINDOW, rollupWindow } from './rollups.ts';
import { rowFilter } from './row-filter.ts';

export interface QueryCallSite {
  /** 16 hex digits. */
  readonly fingerprint: string;
  /** Normalised. */
  readonly text: string;
  /** `file:line`, and ` (function)` where it is known. */
  readonly callSite: string;
}

interface Row {
  readonly fingerprint_hex: string;
  readonly text: string;
  readonly call_site: readonly [file: string, line: number, functionName: string];
}

const SAMPLE_MAX = 300;

const columns = (newest: string) => `leftPad(lower(hex(fingerprint)), 16, '0') AS fingerprint_hex,
  min(toString(query_text)) AS text,
  argMax((toString(code_file_path), code_line_number, toString(code_function_name)), ${newest}) AS call_site`;

/** One for each query of which a line is known. */
export async function endpointCallSites(
  store: Store,
  parameters: ListParameters,
  nowMs: number,
): Promise<QueryCallSite[]> {
  const { sinceSeconds, untilSeconds } = rollupWindow(parameters.sinceMs, parameters.untilMs, nowMs);
  const filter = rowFilter(parameters);
  const [ofFindings, sample] = await Promise.all([
    store.query<Row>(
      `SELECT ${columns('(last_seen, version)')}
       FROM finding_minutely FINAL
       WHERE ${MINUTE_WINDOW} AND code_file_path != '' AND ${filter.sql}
       GROUP BY fingerprint`,
      { ...filter.params, sinceSeconds, untilSeconds },
    ),
    sampleRequests(store, parameters, SAMPLE_MAX, nowMs),
  ]);
  const ofSample =
    sample.length === 0
      ? []
      : await store.query<Row>(
          `SELECT ${columns('inserted_at')}
           FROM request_queries
           WHERE ${OF_SAMPLE} AND code_file_path != ''
           GROUP BY fingerprint`,
          sampleParams(sample),
        );
  const known = new Map([...ofSample, ...ofFindings].map((row) => [row.fingerprint_hex, row]));
  return [...known.values()].map(({ fingerprint_hex, text, call_site }) => ({
    fingerprint: fingerprint_hex,
    text,
    callSite: callSiteText(...call_site),
  }));
}
